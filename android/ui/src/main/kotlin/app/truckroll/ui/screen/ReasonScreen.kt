package app.truckroll.ui.screen

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import app.truckroll.core.ActionView
import app.truckroll.shell.model.Task
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.Screen
import app.truckroll.ui.text.LocalWords

/** Asks why, before a step that needs a reason. */
@Composable
fun ReasonScreen(number: String, action: ActionView, task: Task, onGo: (String) -> Unit, onDismiss: () -> Unit, onBack: () -> Unit) {
    val words = LocalWords.current
    var reason by rememberSaveable { mutableStateOf("") }
    Screen(
        title = action.label,
        subtitle = number,
        back = backAction(onBack),
        action = {
            MainAction(
                action.label,
                { onGo(reason.trim()) },
                icon = stepIcon(action.to),
                whyNot = if (!action.enabled) action.whyNot else words.reasonNeeded.takeIf { reason.isBlank() },
                working = task.working == action.key,
            )
        },
    ) {
        problem(task.problem, onDismiss)
        item { Field(reason, { reason = it }, words.reasonHint, lines = 4) }
    }
}
