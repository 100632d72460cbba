package app.truckroll.ui.component

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.Button
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.stateDescription
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Space
import app.truckroll.ui.theme.Target
import app.truckroll.ui.theme.Truckroll

/**
 * The one thing to do next, in the thumb zone: one a screen.
 *
 * @param whyNot what stands in the way, shown under the button, which then can't be pressed; null when nothing does
 * @param working while the tap is being saved; a second tap does nothing
 */
@Composable
fun MainAction(
    label: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    icon: ImageVector? = null,
    whyNot: String? = null,
    working: Boolean = false,
) {
    val colors = Truckroll.colors
    Column(modifier.fillMaxWidth(), verticalArrangement = Arrangement.spacedBy(Space.Small)) {
        Button(
            onClick = { if (!working) onClick() },
            modifier = Modifier.fillMaxWidth().heightIn(min = Target.Main).semantics { if (whyNot != null) stateDescription = whyNot },
            enabled = whyNot == null,
            shape = MaterialTheme.shapes.large,
            colors = ButtonDefaults.buttonColors(
                containerColor = colors.action,
                contentColor = colors.onAction,
                disabledContainerColor = colors.resting,
                disabledContentColor = colors.onResting,
            ),
            border = if (colors.isHighContrast) BorderStroke(2.dp, colors.ink) else null,
            contentPadding = PaddingValues(horizontal = Space.Large, vertical = Space.Margin),
        ) {
            if (working && !Truckroll.reducedMotion) {
                CircularProgressIndicator(Modifier.size(24.dp), color = colors.onAction, strokeWidth = 3.dp)
                Spacer(Modifier.width(Space.Between))
            } else if (icon != null) {
                Mark(icon, 24.dp)
                Spacer(Modifier.width(Space.Between))
            }
            Text(label, style = MaterialTheme.typography.titleMedium, textAlign = TextAlign.Center)
        }
        if (whyNot != null) {
            Row(horizontalArrangement = Arrangement.spacedBy(Space.Small), verticalAlignment = Alignment.Top) {
                Mark(Icons.Info, tint = colors.quiet)
                Text(whyNot, style = MaterialTheme.typography.bodyMedium, color = colors.quiet)
            }
        }
    }
}

/** Something else that can be done here: call, directions, raise a flag. */
@Composable
fun SideAction(label: String, icon: ImageVector?, onClick: () -> Unit, modifier: Modifier = Modifier, enabled: Boolean = true) {
    val colors = Truckroll.colors
    OutlinedButton(
        onClick = onClick,
        modifier = modifier.heightIn(min = Target.Rest),
        enabled = enabled,
        shape = MaterialTheme.shapes.medium,
        colors = ButtonDefaults.outlinedButtonColors(
            containerColor = colors.card, contentColor = colors.ink, disabledContentColor = colors.onResting,
        ),
        border = BorderStroke(if (colors.isHighContrast) 2.dp else 1.dp, colors.hairline),
        contentPadding = PaddingValues(horizontal = Space.Between, vertical = Space.Small),
    ) {
        if (icon != null) {
            Mark(icon)
            Spacer(Modifier.width(Space.Small))
        }
        Text(label, style = MaterialTheme.typography.labelLarge)
    }
}

/** A way on in words: "show", "why?", "see what changed". */
@Composable
fun LinkAction(label: String, onClick: () -> Unit, modifier: Modifier = Modifier) {
    TextButton(
        onClick = onClick,
        modifier = modifier.heightIn(min = Target.Rest),
        shape = MaterialTheme.shapes.small,
        colors = ButtonDefaults.textButtonColors(contentColor = Truckroll.colors.link),
        // Its words line up with the text above it.
        contentPadding = PaddingValues(0.dp),
    ) {
        Text(label, Modifier.widthIn(min = ButtonDefaults.MinWidth), style = MaterialTheme.typography.labelLarge)
    }
}

/** Two or three side actions that share a row while they fit, and stack with large text. */
@Composable
fun ActionRow(modifier: Modifier = Modifier, content: @Composable () -> Unit) {
    FlowRow(
        modifier.fillMaxWidth().padding(vertical = Space.Tight),
        horizontalArrangement = Arrangement.spacedBy(Space.Small),
        verticalArrangement = Arrangement.spacedBy(Space.Small),
        content = { content() },
    )
}
