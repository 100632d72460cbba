package app.truckroll.ui.screen

import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import app.truckroll.core.ActionView
import app.truckroll.core.AttentionItem
import app.truckroll.core.AttentionView
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

/** What the office couldn't take as it is. Nothing here is lost: each item waits for a decision. */
@Composable
fun AttentionScreen(view: AttentionView, task: Task, onSettle: (item: String, action: ActionView) -> Unit, onDismiss: () -> Unit, onBack: () -> Unit) {
    val words = LocalWords.current
    Screen(words.attentionTitle, back = backAction(onBack)) {
        problem(task.problem, onDismiss)
        if (view.items.isEmpty()) item(key = "empty") { EmptyState(Icons.Check, words.attentionEmpty, view.empty) }
        else item(key = "lead") { Text(words.needsYouBody, style = MaterialTheme.typography.bodyLarge) }
        for (item in view.items) item(key = item.opId) { Item(item, task, onSettle) }
    }
}

@Composable
private fun Item(item: AttentionItem, task: Task, onSettle: (String, ActionView) -> Unit) = HouseCard(strong = true) {
    val words = LocalWords.current
    // Throwing away takes two taps.
    var sure by rememberSaveable(item.opId) { mutableStateOf(false) }
    Text(item.what, style = MaterialTheme.typography.titleMedium)
    IconLine(Icons.Clock, listOf(item.number, item.at.day, item.at.time).filter { it.isNotEmpty() }.joinToString(" · "), weight = Weight.QUIET)
    IconLine(Icons.Hand, item.reason, weight = Weight.CAUTION)
    if (item.blockedBy != null) IconLine(Icons.Pause, words.waitsForOther, weight = Weight.QUIET)
    ActionRow {
        for (action in item.actions) {
            val discard = action.key == "discard"
            SideAction(
                if (discard && sure) words.discardSure else action.label,
                when (action.key) {
                    "resend" -> Icons.Sending
                    "late_note" -> Icons.Note
                    else -> Icons.Cross
                },
                { if (discard && !sure) sure = true else onSettle(item.opId, action) },
                enabled = action.enabled && task.working == null,
            )
        }
    }
    for (action in item.actions) action.whyNot?.takeIf { !action.enabled }?.let { IconLine(Icons.Info, it, weight = Weight.QUIET) }
}
