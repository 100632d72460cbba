package app.truckroll.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import app.truckroll.core.VisitView
import app.truckroll.shell.model.Task
import app.truckroll.shell.model.VisitModel
import app.truckroll.ui.component.EmptyState
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Space

/** A part that was used or brought back. */
data class PartEntry(val returned: Boolean, val name: String, val quantity: Double, val stock: String, val serial: String)

/** The parts of a visit. */
@Composable
fun PartsScreen(view: VisitView, task: Task, onSave: (PartEntry) -> Unit, onSaved: () -> Unit, onDismiss: () -> Unit, onBack: () -> Unit) {
    val words = LocalWords.current
    var returned by rememberSaveable { mutableStateOf(false) }
    var name by rememberSaveable { mutableStateOf("") }
    var count by rememberSaveable { mutableStateOf("1") }
    var stock by rememberSaveable { mutableStateOf("truck") }
    var serial by rememberSaveable { mutableStateOf("") }
    // What was typed goes only when the engine has it.
    var leaving by rememberSaveable { mutableStateOf(false) }
    LaunchedEffect(view.parts) {
        if (leaving) {
            name = ""
            count = "1"
            serial = ""
            leaving = false
        }
    }
    val quantity = numberOf(count)?.takeIf { it > 0 }
    Screen(
        words.parts,
        subtitle = view.number,
        back = backAction(onBack),
        saved = { SaveLine(view.save, onSaved) },
        action = if (view.readOnly || name.isBlank() || quantity == null) null else {
            {
                MainAction(
                    words.addPart,
                    {
                        leaving = true
                        onSave(PartEntry(returned, name.trim(), quantity, stock, serial.trim()))
                    },
                    working = task.working == VisitModel.PART,
                )
            }
        },
    ) {
        problem(task.problem, onDismiss)
        if (view.parts.isEmpty()) item(key = "empty") { EmptyState(Icons.Box, words.partsEmpty, words.partsEmptyBody) }
        else item(key = "used") {
            HouseCard {
                for (part in view.parts) IconLine(if (part.negative) Icons.Warning else Icons.Box, part.text, weight = if (part.negative) Weight.CAUTION else Weight.PLAIN)
            }
        }
        if (!view.readOnly) item(key = "add") {
            Column(verticalArrangement = Arrangement.spacedBy(Space.Between)) {
                Choices(listOf(false to words.used, true to words.returned), returned, { returned = it })
                Field(name, { name = it }, words.partName)
                Field(count, { count = it }, words.partCount, number = true)
                Choices(listOf("truck" to words.fromTruck, "warehouse" to words.fromWarehouse), stock, { stock = it })
                Field(serial, { serial = it }, words.serial)
            }
        }
    }
}

/** A number as people type it, with a comma or a point. */
internal fun numberOf(text: String): Double? = text.trim().replace(',', '.').toDoubleOrNull()?.takeIf { it.isFinite() }
