package app.truckroll.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import app.truckroll.core.SyncView
import app.truckroll.shell.model.Task
import app.truckroll.ui.component.Banner
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.Screen
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Space

/**
 * Makes this phone the technician's.
 *
 * @param sync how the enrolment goes; null until the engine says it
 * @param server what a link brought, to be changed by hand
 */
@Composable
fun EnrolScreen(
    sync: SyncView?,
    task: Task,
    server: String,
    code: String,
    onEnrol: (server: String, code: String) -> Unit,
    onDismiss: () -> Unit,
) {
    val words = LocalWords.current
    var office by rememberSaveable(server) { mutableStateOf(server) }
    var oneTime by rememberSaveable(code) { mutableStateOf(code) }
    val enrolling = sync?.key == "enrolling"
    Screen(
        title = words.enrolTitle,
        action = {
            MainAction(
                if (enrolling) words.enrolling else words.enrolAction,
                { onEnrol(office, oneTime) },
                working = enrolling || task.working != null,
            )
        },
    ) {
        problem(task.problem, onDismiss)
        if (sync != null) for (notice in sync.notices) item(key = notice.key) { Banner(bannerLook(notice.tone, notice.key), notice.text) }
        item { Text(words.enrolLead, style = MaterialTheme.typography.bodyLarge) }
        item {
            Column(verticalArrangement = Arrangement.spacedBy(Space.Margin)) {
                Field(office, { office = it }, words.enrolServer)
                Field(oneTime, { oneTime = it }, words.enrolCode, hint = words.enrolCodeHint)
            }
        }
    }
}
