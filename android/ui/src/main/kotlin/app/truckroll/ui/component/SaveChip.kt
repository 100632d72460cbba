package app.truckroll.ui.component

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Space
import app.truckroll.ui.theme.Target
import app.truckroll.ui.theme.Tone
import app.truckroll.ui.theme.Truckroll
import app.truckroll.ui.theme.TruckrollColors

/** The four answers to "is my work safe?". */
enum class SaveLook(val icon: ImageVector, internal val tone: (TruckrollColors) -> Tone) {
    /** On this phone, and not all of it sent yet. */
    SAVED_HERE(Icons.Saved, { it.neutral }),
    SENDING(Icons.Sending, { it.info }),
    ALL_SENT(Icons.Sent, { it.done }),
    NEEDS_YOU(Icons.Hand, { it.warning }),
}

/**
 * "Is my work safe?", on every screen. Tapping it opens what is waiting.
 *
 * @param text for example "saved on this phone · 3 to send"
 */
@Composable
fun SaveChip(look: SaveLook, text: String, onClick: () -> Unit, modifier: Modifier = Modifier) {
    val tone = look.tone(Truckroll.colors)
    // The target is taller than the pill, so that it stays quiet beside the title.
    Box(
        modifier
            .heightIn(min = Target.Rest)
            .clip(PILL)
            .clickable(role = Role.Button, onClick = onClick)
            // A screen reader says when the answer changes, without being asked.
            .semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite },
        contentAlignment = Alignment.CenterStart,
    ) {
        Surface(
            shape = PILL,
            color = tone.container,
            contentColor = tone.content,
            border = BorderStroke(if (Truckroll.colors.isHighContrast) 2.dp else 1.dp, tone.outline),
        ) {
            Row(
                Modifier.padding(start = Space.Between, end = Space.Margin, top = Space.Small, bottom = Space.Small),
                horizontalArrangement = Arrangement.spacedBy(Space.Small),
                verticalAlignment = Alignment.CenterVertically,
            ) {
                Mark(look.icon)
                Text(text, style = MaterialTheme.typography.titleSmall)
            }
        }
    }
}

private val PILL = RoundedCornerShape(50)
