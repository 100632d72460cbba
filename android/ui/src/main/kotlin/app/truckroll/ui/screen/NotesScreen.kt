package app.truckroll.ui.screen

import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import app.truckroll.core.VisitView
import app.truckroll.shell.model.Task
import app.truckroll.shell.model.VisitModel
import app.truckroll.ui.component.EmptyState
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.Screen
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Icons

/** What was written down on a visit. */
@Composable
fun NotesScreen(view: VisitView, task: Task, onAdd: (String) -> Unit, onSaved: () -> Unit, onDismiss: () -> Unit, onBack: () -> Unit) {
    val words = LocalWords.current
    val unsaved = rememberUnsaved(view.notes.map { it.text })
    Screen(
        words.notes,
        subtitle = view.number,
        back = backAction(onBack),
        saved = { SaveLine(view.save, onSaved) },
        action = if (view.readOnly || unsaved.text.isBlank()) null else {
            {
                MainAction(words.saveNote, { onAdd(unsaved.leave()) }, working = task.working == VisitModel.NOTE)
            }
        },
    ) {
        problem(task.problem, onDismiss)
        if (!view.readOnly) item(key = "write") { Field(unsaved.text, { unsaved.text = it }, words.noteHint, lines = 3) }
        if (view.notes.isEmpty()) item(key = "empty") { EmptyState(Icons.Note, words.notesEmpty, words.notesEmptyBody) }
        for (note in view.notes) item(key = note.opId) {
            HouseCard {
                Text(note.text, style = MaterialTheme.typography.bodyLarge)
                val about = listOfNotNull("${note.at.day}, ${note.at.time}", note.by, words.edited.takeIf { note.revised })
                DeliveryLine(words, note.delivery, about.filter { it.isNotEmpty() }.joinToString(" · "))
            }
        }
    }
}
