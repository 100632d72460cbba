package app.truckroll.ui.component

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
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
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Space
import app.truckroll.ui.theme.Target
import app.truckroll.ui.theme.Truckroll

/**
 * A line that leads to a page of its own.
 *
 * @param detail how much is on that page
 */
@Composable
fun PageLine(icon: ImageVector, text: String, detail: String, onClick: () -> Unit) {
    val colors = Truckroll.colors
    Surface(onClick, Modifier.fillMaxWidth().semantics { role = Role.Button }, color = Color.Transparent, contentColor = colors.ink) {
        Row(
            Modifier.heightIn(min = Target.Rest).padding(vertical = Space.Tight),
            horizontalArrangement = Arrangement.spacedBy(Space.Between),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            Mark(icon, tint = colors.quiet)
            Column(Modifier.weight(1f)) {
                Text(text, style = MaterialTheme.typography.bodyLarge)
                Text(detail, style = MaterialTheme.typography.bodySmall, color = colors.quiet)
            }
            Mark(Icons.Forward, tint = colors.quiet)
        }
    }
}
