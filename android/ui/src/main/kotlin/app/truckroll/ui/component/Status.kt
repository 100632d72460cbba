package app.truckroll.ui.component

import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.text.style.TextDecoration
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Tone
import app.truckroll.ui.theme.TruckrollColors
import app.truckroll.ui.theme.Truckroll

/** How each status of an assignment is drawn. Its word comes from the engine, in the viewer's language. */
enum class StatusLook(val icon: ImageVector, internal val tone: (TruckrollColors) -> Tone) {
    SCHEDULED(Icons.Calendar, { it.scheduled }),
    DISPATCHED(Icons.Dispatched, { it.dispatched }),
    DECLINED(Icons.Declined, { it.cannotComplete }),
    TRAVELING(Icons.Van, { it.traveling }),
    ON_SITE(Icons.Pin, { it.onSite }),
    IN_PROGRESS(Icons.Wrench, { it.inProgress }),
    PAUSED(Icons.Pause, { it.paused }),
    COMPLETED(Icons.Check, { it.completed }),
    CANNOT_COMPLETE(Icons.Stop, { it.cannotComplete }),
    CANCELED(Icons.Cross, { it.canceled }),
}

/** A status: always colour, icon and word, so that no one of them carries it alone. */
@Composable
fun StatusChip(look: StatusLook, word: String, modifier: Modifier = Modifier) {
    Chip(
        text = word,
        icon = look.icon,
        tone = look.tone(Truckroll.colors),
        modifier = modifier,
        decoration = if (look == StatusLook.CANCELED) TextDecoration.LineThrough else null,
    )
}
