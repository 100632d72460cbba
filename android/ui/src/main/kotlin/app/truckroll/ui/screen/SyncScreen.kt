package app.truckroll.ui.screen

import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import app.truckroll.core.SyncView
import app.truckroll.shell.model.Task
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.PageLine
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Icons

/** What is saved, what is sent, and what waits for what. */
@Composable
fun SyncScreen(view: SyncView, task: Task, onSync: () -> Unit, onAttention: () -> Unit, onDismiss: () -> Unit, onBack: () -> Unit) {
    val words = LocalWords.current
    Screen(
        words.syncTitle,
        back = backAction(onBack),
        action = { MainAction(words.syncNow, onSync, icon = Icons.Sending, working = task.working != null) },
    ) {
        problem(task.problem, onDismiss)
        notices(view.notices)
        item(key = "state") {
            HouseCard(strong = true) {
                Text(view.headline, style = MaterialTheme.typography.titleLarge)
                Fact(words.lastSync, view.lastSync?.let { "${it.time} · ${view.age}" } ?: words.never)
                Fact(words.toSend, "${view.unsent}")
                Fact(words.photosToSend, if (view.photosWaiting == 0u) "0" else "${view.photosWaiting} · ${megabytes(view.photoBytesWaiting)}")
                if (view.waitingForWifi > 0u) Fact(words.wifiWaiting, "${view.waitingForWifi}")
                view.retryInMs?.let { IconLine(Icons.Clock, words.tryAgain((it / 1_000).toInt()), weight = Weight.QUIET) }
            }
        }
        if (view.attention > 0u) item(key = "attention") {
            HouseCard { PageLine(Icons.Hand, words.needsYou, words.attentionCount(view.attention.toInt()), onAttention) }
        }
        if (view.lastError.isNotEmpty()) item(key = "support") {
            HouseCard {
                IconLine(Icons.Info, words.support, weight = Weight.QUIET)
                Text(view.lastError, style = MaterialTheme.typography.bodySmall)
            }
        }
    }
}

/** `1.4 MB`, always with one digit, so that it doesn't jump. */
private fun megabytes(bytes: ULong): String = "%.1f MB".format(bytes.toDouble() / 1_000_000)
