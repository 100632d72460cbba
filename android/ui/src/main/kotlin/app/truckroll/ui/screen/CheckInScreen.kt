package app.truckroll.ui.screen

import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import app.truckroll.core.CheckInView
import app.truckroll.core.VisitView
import app.truckroll.shell.model.Task
import app.truckroll.shell.model.VisitModel
import app.truckroll.ui.component.ActionRow
import app.truckroll.ui.component.EmptyState
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SideAction
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Icons

/** What came of a check-in, and what can be said about it. It is saved already; nothing here is needed to go on. */
@Composable
fun CheckInScreen(
    view: VisitView,
    task: Task,
    onAgain: () -> Unit,
    onReason: (String) -> Unit,
    onPhoto: () -> Unit,
    onDoor: () -> Unit,
    onSaved: () -> Unit,
    onDismiss: () -> Unit,
    onBack: () -> Unit,
) {
    val words = LocalWords.current
    val checkIn = view.checkIn
    var reason by rememberSaveable { mutableStateOf("") }
    val asks = checkIn != null && checkIn.offersPhoto && checkIn.said.isEmpty() && !view.readOnly
    Screen(
        title = words.checkIn,
        subtitle = view.number,
        back = backAction(onBack),
        saved = { SaveLine(view.save, onSaved) },
        action = {
            if (asks && reason.isNotBlank()) {
                MainAction(words.saveReason, { onReason(reason.trim()) }, working = task.working == VisitModel.CHECK_IN)
            } else {
                MainAction(words.toVisit, onBack)
            }
        },
    ) {
        problem(task.problem, onDismiss)
        if (checkIn == null) {
            item(key = "empty") { EmptyState(Icons.Pin, words.checkIn, words.checkInEmpty) }
            return@Screen
        }
        item(key = "grade") { Verdict(checkIn) }
        if (asks) item(key = "reason") { Field(reason, { reason = it }, words.whyElsewhere, hint = words.whyElsewhereHint, lines = 2) }
        if (!view.readOnly) item(key = "more") {
            ActionRow {
                if (checkIn.offersPhoto) SideAction(words.takePhoto, Icons.Camera, onPhoto)
                if (checkIn.offersPin) SideAction(words.doorIsHere, Icons.Pin, onDoor)
                SideAction(words.checkAgain, Icons.Undo, onAgain)
            }
        }
    }
}

@Composable
private fun Verdict(checkIn: CheckInView) = HouseCard(strong = true) {
    val words = LocalWords.current
    IconLine(Icons.Clock, "${checkIn.at.day}, ${checkIn.at.time}", weight = Weight.QUIET)
    Text(checkIn.label, style = MaterialTheme.typography.titleLarge)
    ToneLine(checkIn.tone, checkIn.reason)
    if (checkIn.distance.isNotEmpty()) Fact(words.distance, checkIn.distance)
    if (checkIn.certainty.isNotEmpty()) Fact(words.certainty, checkIn.certainty)
    if (checkIn.accuracy.isNotEmpty()) Fact(words.accuracy, checkIn.accuracy)
    if (checkIn.mock) IconLine(Icons.Warning, words.mock, weight = Weight.CAUTION)
    if (checkIn.said.isNotEmpty()) IconLine(Icons.Note, checkIn.said)
}
