package app.truckroll.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.material3.Text
import androidx.compose.material3.MaterialTheme
import androidx.compose.runtime.Composable
import app.truckroll.core.ActionView
import app.truckroll.core.CloseoutView
import app.truckroll.core.Status
import app.truckroll.shell.model.Task
import app.truckroll.ui.component.CheckLine
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SectionTitle
import app.truckroll.ui.component.SideAction
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Space

/** What is missing before the technician leaves, and the way out. */
@Composable
fun CloseoutScreen(
    view: CloseoutView,
    task: Task,
    outcome: String?,
    onChoose: (String) -> Unit,
    onRepair: (item: String) -> Unit,
    onFinish: (ActionView) -> Unit,
    onDismiss: () -> Unit,
    onBack: () -> Unit,
) {
    val words = LocalWords.current
    val complete = view.actions.firstOrNull { it.to == Status.COMPLETED }
    Screen(
        words.closeoutTitle,
        subtitle = view.number,
        back = backAction(onBack),
        action = complete?.let { action ->
            {
                MainAction(
                    if (view.gaps.isEmpty()) action.label else "${action.label} · ${view.summary}",
                    { onFinish(action) },
                    icon = stepIcon(action.to),
                    whyNot = if (!action.enabled) action.whyNot else words.chooseOutcome.takeIf { outcome == null },
                    working = task.working == action.key,
                )
            }
        },
    ) {
        problem(task.problem, onDismiss)
        notices(view.notices)
        item(key = "items") {
            HouseCard {
                Text(view.summary, style = MaterialTheme.typography.titleMedium)
                for (item in view.items.filter { it.key != "outcome" }) {
                    CheckLine(item.met, item.label, if (item.met) words.done else words.missing, { onRepair(item.key) })
                }
            }
        }
        item(key = "outcome") {
            HouseCard {
                SectionTitle(words.outcome)
                Choices(view.outcomes.map { it.key to it.label }, outcome, onChoose)
            }
        }
        if (view.times.isNotEmpty() || view.parts.isNotEmpty()) item(key = "spent") {
            HouseCard {
                if (view.times.isNotEmpty()) {
                    SectionTitle(words.time)
                    for (entry in view.times) TimeLine(entry, words)
                }
                if (view.parts.isNotEmpty()) {
                    SectionTitle(words.parts)
                    for (part in view.parts) IconLine(Icons.Box, part.text)
                }
            }
        }
        if (view.photosWaiting > 0u) item(key = "photos") { IconLine(Icons.Sending, words.photosWaiting(view.photosWaiting.toInt()), weight = Weight.QUIET) }
        val others = view.actions.filter { it !== complete }
        if (others.isNotEmpty()) item(key = "others") {
            Column(verticalArrangement = Arrangement.spacedBy(Space.Small)) {
                for (action in others) {
                    SideAction(action.label, stepIcon(action.to) ?: Icons.Forward, { onFinish(action) }, enabled = action.enabled && task.working == null)
                    action.whyNot?.takeIf { !action.enabled }?.let { IconLine(Icons.Info, it, weight = Weight.QUIET) }
                }
            }
        }
    }
}
