package app.truckroll.ui.component

import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.LocalContentColor
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp

/** Beyond this an icon takes room that large text needs more. */
private const val LARGEST_SCALE = 1.6f

/**
 * An icon beside text, which grows with the text.
 *
 * @param size at the normal text size
 * @param description null where the text beside it says the same
 */
@Composable
fun Mark(
    icon: ImageVector,
    size: Dp = 20.dp,
    modifier: Modifier = Modifier,
    description: String? = null,
    tint: Color = LocalContentColor.current,
) {
    val scale = LocalDensity.current.fontScale.coerceIn(1f, LARGEST_SCALE)
    Icon(icon, description, modifier.size(size * scale), tint)
}
