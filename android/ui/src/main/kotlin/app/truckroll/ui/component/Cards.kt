package app.truckroll.ui.component

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Space
import app.truckroll.ui.theme.Target
import app.truckroll.ui.theme.Truckroll

/**
 * The plain card: a hairline, no shadow (shadows vanish in the sun).
 *
 * @param onClick makes the whole card one target
 * @param strong an ink edge for the one card that matters most, as the next visit does
 */
@Composable
fun HouseCard(
    modifier: Modifier = Modifier,
    onClick: (() -> Unit)? = null,
    strong: Boolean = false,
    content: @Composable ColumnScope.() -> Unit,
) {
    val colors = Truckroll.colors
    val width: Dp = (if (strong) 2.dp else 1.dp) + (if (colors.isHighContrast) 1.dp else 0.dp)
    val border = BorderStroke(width, if (strong) colors.ink else colors.hairline)
    val body: @Composable () -> Unit = {
        Column(Modifier.padding(Space.Margin), verticalArrangement = Arrangement.spacedBy(Space.Small), content = content)
    }
    if (onClick == null) {
        Surface(modifier.fillMaxWidth(), shape = MaterialTheme.shapes.large, color = colors.card, contentColor = colors.ink, border = border, content = body)
    } else {
        Surface(
            onClick = onClick,
            modifier = modifier.fillMaxWidth().heightIn(min = Target.Main).semantics { role = Role.Button },
            shape = MaterialTheme.shapes.large,
            color = colors.card,
            contentColor = colors.ink,
            border = border,
            content = body,
        )
    }
}

/** A heading over a group: NEXT, LATER, DONE. */
@Composable
fun SectionTitle(text: String, modifier: Modifier = Modifier, trailing: String? = null) {
    Row(
        modifier.fillMaxWidth().padding(top = Space.Small),
        horizontalArrangement = Arrangement.spacedBy(Space.Small),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Text(
            text,
            Modifier.weight(1f).semantics { heading() },
            style = MaterialTheme.typography.titleSmall,
            color = Truckroll.colors.quiet,
        )
        if (trailing != null) Text(trailing, style = MaterialTheme.typography.bodySmall, color = Truckroll.colors.quiet)
    }
}

/** How much a line of a card weighs. */
enum class Weight { PLAIN, QUIET, CAUTION, WRONG }

/** One line with its icon: a hazard, a part that isn't here, a promise that was made. */
@Composable
fun IconLine(icon: ImageVector, text: String, modifier: Modifier = Modifier, weight: Weight = Weight.PLAIN) {
    val colors = Truckroll.colors
    val color: Color = when (weight) {
        Weight.PLAIN -> colors.ink
        Weight.QUIET -> colors.quiet
        Weight.CAUTION -> colors.warning.content
        Weight.WRONG -> colors.wrong
    }
    Row(
        modifier.semantics(mergeDescendants = true) {},
        horizontalArrangement = Arrangement.spacedBy(Space.Small),
        verticalAlignment = Alignment.Top,
    ) {
        Mark(icon, tint = color)
        Text(text, style = MaterialTheme.typography.bodyMedium, color = color)
    }
}

/**
 * One line of a checklist or of what closing out still lacks.
 *
 * @param stateWord what a screen reader adds: "done", "missing"
 * @param detail more about it, in quiet text
 */
@Composable
fun CheckLine(
    done: Boolean,
    text: String,
    stateWord: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    detail: String? = null,
) {
    val colors = Truckroll.colors
    Surface(
        onClick = onClick,
        modifier = modifier.fillMaxWidth().semantics { role = Role.Button },
        color = Color.Transparent,
        contentColor = colors.ink,
    ) {
        Row(
            Modifier.heightIn(min = Target.Rest).padding(vertical = Space.Small),
            horizontalArrangement = Arrangement.spacedBy(Space.Between),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            Mark(
                if (done) Icons.Check else Icons.Circle,
                24.dp,
                description = stateWord,
                tint = if (done) colors.done.content else colors.warning.content,
            )
            Column(Modifier.weight(1f)) {
                Text(text, style = if (done) MaterialTheme.typography.bodyMedium else MaterialTheme.typography.titleSmall)
                if (detail != null) Text(detail, style = MaterialTheme.typography.bodySmall, color = colors.quiet)
            }
            if (!done) Mark(Icons.Forward, tint = colors.quiet)
        }
    }
}
