package app.truckroll.ui.component

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextDecoration
import androidx.compose.ui.unit.dp
import app.truckroll.ui.theme.Space
import app.truckroll.ui.theme.Tone
import app.truckroll.ui.theme.Truckroll

/** A short fact with its icon. It isn't a button; what can be tapped is one of the actions. */
@Composable
fun Chip(
    text: String,
    icon: ImageVector,
    tone: Tone,
    modifier: Modifier = Modifier,
    decoration: TextDecoration? = null,
) {
    Surface(
        modifier = modifier.semantics(mergeDescendants = true) {},
        shape = RoundedCornerShape(50),
        color = tone.container,
        contentColor = tone.content,
        border = BorderStroke(if (Truckroll.colors.isHighContrast) 2.dp else 1.dp, tone.outline),
    ) {
        Row(
            Modifier.padding(start = 10.dp, end = Space.Between, top = Space.Tight, bottom = Space.Tight),
            horizontalArrangement = Arrangement.spacedBy(6.dp),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            Mark(icon, 16.dp)
            Text(text, style = MaterialTheme.typography.labelMedium, textDecoration = decoration)
        }
    }
}
