package app.truckroll.ui.component

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import app.truckroll.ui.theme.Space
import app.truckroll.ui.theme.Truckroll

/**
 * An empty place says what will be here and the one thing to do.
 *
 * @param action the thing to do, when there is one
 */
@Composable
fun EmptyState(
    icon: ImageVector,
    title: String,
    body: String,
    modifier: Modifier = Modifier,
    action: String? = null,
    onAction: () -> Unit = {},
) {
    val colors = Truckroll.colors
    Column(
        modifier.fillMaxWidth().padding(horizontal = Space.Large, vertical = Space.Huge),
        horizontalAlignment = Alignment.CenterHorizontally,
        verticalArrangement = Arrangement.spacedBy(Space.Between),
    ) {
        Box(Modifier.size(72.dp).background(colors.neutral.container, CircleShape), contentAlignment = Alignment.Center) {
            Mark(icon, 32.dp, tint = colors.neutral.content)
        }
        Text(title, style = MaterialTheme.typography.titleLarge, textAlign = TextAlign.Center)
        Text(
            body,
            Modifier.widthIn(max = 360.dp),
            style = MaterialTheme.typography.bodyMedium,
            color = colors.quiet,
            textAlign = TextAlign.Center,
        )
        if (action != null) LinkAction(action, onAction)
    }
}

/**
 * What a list shows before its first value: the shape of its cards, still, without a spinner.
 *
 * @param description what a screen reader says meanwhile
 */
@Composable
fun LoadingCards(description: String, modifier: Modifier = Modifier, count: Int = 3) {
    val colors = Truckroll.colors
    Column(
        modifier.semantics(mergeDescendants = true) { contentDescription = description },
        verticalArrangement = Arrangement.spacedBy(Space.Between),
    ) {
        repeat(count) {
            HouseCard {
                for (fraction in listOf(0.4f, 0.75f, 0.55f)) {
                    Box(Modifier.fillMaxWidth(fraction).height(16.dp).background(colors.resting, MaterialTheme.shapes.extraSmall))
                }
            }
        }
    }
}
