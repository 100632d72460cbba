package app.truckroll.ui.component

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.text.style.TextDecoration
import app.truckroll.ui.theme.Space
import app.truckroll.ui.theme.Truckroll

/** A line of a [VisitCard] about what could stop the visit. */
@Immutable
data class VisitHint(val icon: ImageVector, val text: String, val weight: Weight = Weight.QUIET)

/**
 * One visit in a list: when, what, where, how it stands, and what would stop it.
 *
 * @param window the promised window, in the site's zone
 * @param next draws it as the one that comes next: larger, with an ink edge
 * @param age how old this is, when too old to pass for live; the card then fades
 */
@Composable
fun VisitCard(
    window: String,
    title: String,
    place: String,
    status: StatusLook,
    statusWord: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    hints: List<VisitHint> = emptyList(),
    next: Boolean = false,
    age: String? = null,
) {
    val colors = Truckroll.colors
    val type = MaterialTheme.typography
    val over = status == StatusLook.CANCELED
    val ink = if (age != null || over) colors.stale else colors.ink
    HouseCard(modifier, onClick = onClick, strong = next) {
        FlowRow(
            Modifier.fillMaxWidth(),
            horizontalArrangement = Arrangement.SpaceBetween,
            verticalArrangement = Arrangement.spacedBy(Space.Tight),
            itemVerticalAlignment = Alignment.CenterVertically,
        ) {
            Text(window, style = if (next) type.titleLarge else type.titleMedium, color = ink)
            StatusChip(status, statusWord)
        }
        Column(verticalArrangement = Arrangement.spacedBy(Space.Tight)) {
            Text(
                title,
                style = if (next) type.titleMedium else type.titleSmall,
                color = ink,
                textDecoration = if (over) TextDecoration.LineThrough else null,
            )
            Text(place, style = type.bodyMedium, color = if (age != null) colors.stale else colors.quiet)
        }
        for (hint in hints) IconLine(hint.icon, hint.text, weight = hint.weight)
        if (age != null) Text(age, style = type.bodySmall, color = colors.stale)
    }
}
