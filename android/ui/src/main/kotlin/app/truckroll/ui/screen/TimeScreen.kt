package app.truckroll.ui.screen

import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import app.truckroll.core.TimeEntryView
import app.truckroll.core.TimeKind
import app.truckroll.core.VisitView
import app.truckroll.shell.model.Task
import app.truckroll.ui.component.ActionRow
import app.truckroll.ui.component.EmptyState
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.LinkAction
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SideAction
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.text.Words
import app.truckroll.ui.theme.Icons

/** Travel and work, which count by themselves, and breaks, waits and parts runs, which are started and stopped. */
@Composable
fun TimeScreen(
    view: VisitView,
    task: Task,
    onStart: (TimeKind) -> Unit,
    onStop: (String) -> Unit,
    onCorrect: (start: String) -> Unit,
    onSaved: () -> Unit,
    onDismiss: () -> Unit,
    onBack: () -> Unit,
) {
    val words = LocalWords.current
    val running = view.running
    Screen(
        words.time,
        subtitle = view.number,
        back = backAction(onBack),
        saved = { SaveLine(view.save, onSaved) },
        action = running?.let { { MainAction(words.stop(it.label), { onStop(it.startOp) }, working = task.working == it.startOp) } },
    ) {
        problem(task.problem, onDismiss)
        if (!view.readOnly && running == null) item(key = "start") {
            ActionRow {
                for (choice in view.timeKinds) {
                    val kind = TimeKind.entries.find { it.name.equals(choice.key, ignoreCase = true) } ?: continue
                    SideAction(words.start(choice.label), Icons.Clock, { onStart(kind) }, enabled = task.working == null)
                }
            }
        }
        if (view.times.isEmpty()) item(key = "empty") { EmptyState(Icons.Clock, words.timeEmpty, words.timeEmptyBody) }
        for (entry in view.times) item(key = entry.startOp) {
            HouseCard {
                TimeLine(entry, words)
                // A screen reader says which.
                if (!view.readOnly) LinkAction(words.correct, { onCorrect(entry.startOp) }, Modifier.semantics { contentDescription = words.correctTitle(entry.label) })
            }
        }
    }
}

@Composable
internal fun TimeLine(entry: TimeEntryView, words: Words) {
    Fact(entry.label, entry.duration)
    val to = entry.to?.time ?: words.stillRunning
    val about = listOfNotNull("${entry.from.time}–$to", words.adjusted.takeIf { entry.adjusted })
    IconLine(Icons.Clock, about.joinToString(" · "), weight = Weight.QUIET)
}
