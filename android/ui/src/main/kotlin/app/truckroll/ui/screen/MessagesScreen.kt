package app.truckroll.ui.screen

import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import app.truckroll.core.Lane
import app.truckroll.core.MessageView
import app.truckroll.core.MessagesView
import app.truckroll.core.VisitView
import app.truckroll.shell.model.Task
import app.truckroll.shell.model.VisitModel
import app.truckroll.ui.component.EmptyState
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SectionTitle
import app.truckroll.ui.component.SideAction
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Truckroll

/** The messages of one visit, in two lanes, and a new one. */
@Composable
fun MessagesScreen(view: VisitView, task: Task, onSend: (Lane, String) -> Unit, onSaved: () -> Unit, onDismiss: () -> Unit, onBack: () -> Unit) {
    val words = LocalWords.current
    val unsaved = rememberUnsaved(view.messages.filter { it.own }.map { it.text })
    fun send(lane: Lane) = onSend(lane, unsaved.leave())
    Screen(
        words.messages,
        subtitle = view.number,
        back = backAction(onBack),
        saved = { SaveLine(view.save, onSaved) },
        action = if (unsaved.text.isBlank()) null else {
            { MainAction(words.sendRoutine, { send(Lane.ROUTINE) }, icon = Icons.Message, working = task.working == VisitModel.MESSAGE) }
        },
    ) {
        problem(task.problem, onDismiss)
        val urgent = view.messages.filter { it.lane == Lane.URGENT }
        val routine = view.messages.filter { it.lane == Lane.ROUTINE }
        if (view.messages.isEmpty()) item(key = "empty") { EmptyState(Icons.Message, words.messagesEmpty, words.messagesEmptyBody) }
        lane("urgent", urgent, numbers = false, onOpen = null)
        lane("routine", routine, numbers = false, onOpen = null)
        item(key = "write") { Field(unsaved.text, { unsaved.text = it }, words.messageHint, lines = 2) }
        if (unsaved.text.isNotBlank()) item(key = "urgent") { SideAction(words.sendUrgent, Icons.Warning, { send(Lane.URGENT) }) }
    }
}

/** The messages of all visits. Tapping one opens its visit's. */
@Composable
fun AllMessagesScreen(view: MessagesView, onOpen: (visit: String) -> Unit, onBack: () -> Unit) {
    val words = LocalWords.current
    Screen(words.allMessages, back = backAction(onBack)) {
        if (view.quiet) item(key = "quiet") { IconLine(Icons.Pause, words.quiet, weight = Weight.QUIET) }
        if (view.urgent.isEmpty() && view.routine.isEmpty()) item(key = "empty") { EmptyState(Icons.Message, words.messagesEmpty, view.empty) }
        lane("urgent", view.urgent, numbers = true, onOpen)
        lane("routine", view.routine, numbers = true, onOpen)
    }
}

private fun LazyListScope.lane(key: String, messages: List<MessageView>, numbers: Boolean, onOpen: ((String) -> Unit)?) {
    if (messages.isEmpty()) return
    item(key = "lane/$key") {
        val words = LocalWords.current
        SectionTitle(if (key == "urgent") words.urgent else words.routine, trailing = words.urgentBody.takeIf { key == "urgent" })
    }
    for (message in messages) item(key = message.id) { Message(message, numbers, onOpen) }
}

@Composable
private fun Message(message: MessageView, numbers: Boolean, onOpen: ((String) -> Unit)?) {
    val words = LocalWords.current
    HouseCard(onClick = onOpen?.let { { it(message.visit) } }, strong = message.unread) {
        val by = if (message.own) words.you else message.by
        Text(
            listOfNotNull(message.number.takeIf { numbers }, by, message.at.time).filter { it.isNotEmpty() }.joinToString(" · "),
            style = MaterialTheme.typography.bodySmall,
            color = Truckroll.colors.quiet,
        )
        Text(message.text, style = MaterialTheme.typography.bodyLarge)
        if (message.own) IconLine(message.delivery.icon, words.delivery(message.delivery), weight = Weight.QUIET)
    }
}
