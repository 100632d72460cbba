package app.truckroll.ui.screen

import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import app.truckroll.core.AnswerKind
import app.truckroll.core.ChecklistView
import app.truckroll.core.VisitView
import app.truckroll.shell.model.Task
import app.truckroll.ui.component.ActionRow
import app.truckroll.ui.component.EmptyState
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SideAction
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Icons

/** The checklist of a visit: a tap, a reading or words for each item. */
@Composable
fun ChecklistScreen(
    view: VisitView,
    task: Task,
    onAnswer: (item: String, value: String) -> Unit,
    onSaved: () -> Unit,
    onDismiss: () -> Unit,
    onBack: () -> Unit,
) {
    val words = LocalWords.current
    Screen(words.checklist, subtitle = view.number, back = backAction(onBack), saved = { SaveLine(view.save, onSaved) }) {
        problem(task.problem, onDismiss)
        if (view.checklist.isEmpty()) item(key = "empty") { EmptyState(Icons.Check, words.checklistEmpty, words.checklistEmptyBody) }
        for (entry in view.checklist) item(key = entry.item) { Item(entry, view.readOnly, task, onAnswer) }
    }
}

@Composable
private fun Item(entry: ChecklistView, readOnly: Boolean, task: Task, onAnswer: (String, String) -> Unit) = HouseCard {
    val words = LocalWords.current
    Text(entry.text, style = MaterialTheme.typography.titleSmall)
    when {
        entry.value.isNotEmpty() -> IconLine(Icons.Check, listOfNotNull(entry.valueLabel, entry.at?.time).joinToString(" · "))
        entry.required -> IconLine(Icons.Circle, words.required, weight = Weight.CAUTION)
    }
    if (readOnly) return@HouseCard
    if (entry.answerKind == AnswerKind.CHECK) {
        ActionRow {
            for ((value, label) in listOf("yes" to words.yes, "no" to words.no, "n/a" to words.notApplicable)) {
                SideAction(label, if (entry.value == value) Icons.Check else Icons.Circle, { onAnswer(entry.item, value) }, enabled = task.working == null)
            }
        }
    } else {
        var text by rememberSaveable(entry.item) { mutableStateOf(entry.value) }
        Field(text, { text = it }, words.answer, number = entry.answerKind == AnswerKind.READING)
        SideAction(words.save, Icons.Check, { onAnswer(entry.item, text.trim()) }, enabled = text.isNotBlank() && text.trim() != entry.value && task.working == null)
    }
}
