package app.truckroll.ui.screen

import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import app.truckroll.core.MissKind
import app.truckroll.core.VisitView
import app.truckroll.shell.model.Task
import app.truckroll.ui.component.ActionRow
import app.truckroll.ui.component.EmptyState
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SectionTitle
import app.truckroll.ui.component.SideAction
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Truckroll

/** Every field of the packet, to be marked as missing or wrong with one tap. */
@Composable
fun HandoffScreen(
    view: VisitView,
    task: Task,
    onMark: (field: String, miss: MissKind) -> Unit,
    onSaved: () -> Unit,
    onDismiss: () -> Unit,
    onBack: () -> Unit,
) {
    val words = LocalWords.current
    Screen(words.handoffTitle, subtitle = view.number, back = backAction(onBack), saved = { SaveLine(view.save, onSaved) }) {
        problem(task.problem, onDismiss)
        item(key = "lead") { Text(words.handoffLead, style = MaterialTheme.typography.bodyLarge) }
        for (section in view.packet) {
            item(key = "section/${section.key}") { SectionTitle(section.title) }
            for (row in section.rows) item(key = "${section.key}/${row.field}") {
                HouseCard {
                    Text(row.label, style = MaterialTheme.typography.titleSmall)
                    val said = row.values.joinToString("\n")
                    Text(said.ifEmpty { words.notSaid }, style = MaterialTheme.typography.bodyMedium, color = Truckroll.colors.quiet)
                    val marks = view.marks.filter { it.field == row.field }
                    for (mark in marks) IconLine(Icons.Check, if (mark.miss == MissKind.MISSING) words.lacking else words.wrong, weight = Weight.CAUTION)
                    if (marks.isEmpty() && !view.readOnly) ActionRow {
                        SideAction(words.lacking, Icons.Circle, { onMark(row.field, MissKind.MISSING) }, enabled = task.working == null)
                        if (said.isNotEmpty()) SideAction(words.wrong, Icons.Cross, { onMark(row.field, MissKind.WRONG) }, enabled = task.working == null)
                    }
                }
            }
        }
    }
}

/** What the office changed since the visit was last opened. */
@Composable
fun ChangesScreen(view: VisitView, onBack: () -> Unit) {
    val words = LocalWords.current
    Screen(words.changed, subtitle = view.number, back = backAction(onBack)) {
        if (view.changes.isEmpty()) item(key = "empty") { EmptyState(Icons.Check, words.changed, words.changesEmpty) }
        for (change in view.changes) item(key = change.field) {
            HouseCard {
                Text(change.label, style = MaterialTheme.typography.titleSmall)
                Text("${words.before}: ${change.before.ifEmpty { words.nothing }}", style = MaterialTheme.typography.bodyMedium, color = Truckroll.colors.quiet)
                Text("${words.after}: ${change.after.ifEmpty { words.nothing }}", style = MaterialTheme.typography.bodyLarge)
            }
        }
    }
}
