package app.truckroll.ui.component

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextDecoration
import androidx.compose.ui.unit.dp
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Space
import app.truckroll.ui.theme.Target
import app.truckroll.ui.theme.Tone
import app.truckroll.ui.theme.Truckroll
import app.truckroll.ui.theme.TruckrollColors

/** What kind of news a banner brings. Red is for what is wrong, never for what merely waits. */
enum class BannerLook(val icon: ImageVector, internal val tone: (TruckrollColors) -> Tone) {
    INFO(Icons.Info, { it.info }),
    OFFLINE(Icons.Offline, { it.neutral }),
    CAUTION(Icons.Warning, { it.warning }),
    WRONG(Icons.Stop, { it.danger }),
    DONE(Icons.Check, { it.done }),
}

/**
 * News at the top of what it concerns: what happened, what is safe, and what to do.
 *
 * @param title what happened, in a few words
 * @param body what is safe and what follows
 * @param action the one thing to do about it
 */
@Composable
fun Banner(
    look: BannerLook,
    title: String,
    modifier: Modifier = Modifier,
    body: String? = null,
    action: String? = null,
    onAction: () -> Unit = {},
) {
    val tone = look.tone(Truckroll.colors)
    Surface(
        modifier = modifier.fillMaxWidth().semantics { liveRegion = LiveRegionMode.Polite },
        shape = MaterialTheme.shapes.medium,
        color = tone.container,
        contentColor = tone.content,
        border = if (Truckroll.colors.isHighContrast) BorderStroke(2.dp, tone.outline) else null,
    ) {
        Row(
            // The action brings its own space below.
            Modifier.padding(start = Space.Margin, end = Space.Margin, top = Space.Margin, bottom = if (action == null) Space.Margin else Space.Tight),
            horizontalArrangement = Arrangement.spacedBy(Space.Between),
        ) {
            Mark(look.icon, 24.dp)
            Column(Modifier.weight(1f), verticalArrangement = Arrangement.spacedBy(Space.Tight)) {
                Text(title, style = MaterialTheme.typography.titleSmall, modifier = Modifier.padding(top = 2.dp))
                if (body != null) Text(body, style = MaterialTheme.typography.bodyMedium)
                if (action != null) {
                    TextButton(
                        onClick = onAction,
                        modifier = Modifier.heightIn(min = Target.Rest),
                        shape = MaterialTheme.shapes.small,
                        colors = ButtonDefaults.textButtonColors(contentColor = tone.content),
                        contentPadding = PaddingValues(0.dp),
                    ) {
                        // A short word would be centred in the button's least width, and not line up.
                        Text(
                            action,
                            Modifier.widthIn(min = ButtonDefaults.MinWidth),
                            style = MaterialTheme.typography.labelLarge,
                            textDecoration = TextDecoration.Underline,
                        )
                    }
                }
            }
        }
    }
}
