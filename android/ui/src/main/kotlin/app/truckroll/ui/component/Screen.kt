package app.truckroll.ui.component

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.LazyListState
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.Immutable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.ReadingWidth
import app.truckroll.ui.theme.Space
import app.truckroll.ui.theme.Target
import app.truckroll.ui.theme.Truckroll

/** The way back at the top left. */
@Immutable
data class BackAction(val description: String, val onClick: () -> Unit)

/**
 * The frame of every screen: title, whether the work is safe, what to read, and the main action under the thumb.
 *
 * @param subtitle the work order's number, the window
 * @param trailing small actions at the top right
 * @param saved the [SaveChip]; only enrolment has none
 * @param state where the list is scrolled to
 * @param action the [MainAction]; it stays on the screen while the content scrolls
 */
@Composable
fun Screen(
    title: String,
    modifier: Modifier = Modifier,
    subtitle: String? = null,
    back: BackAction? = null,
    state: LazyListState = rememberLazyListState(),
    trailing: @Composable () -> Unit = {},
    saved: (@Composable () -> Unit)? = null,
    action: (@Composable () -> Unit)? = null,
    content: LazyListScope.() -> Unit,
) {
    val colors = Truckroll.colors
    Surface(modifier.fillMaxSize(), color = colors.ground, contentColor = colors.ink) {
        Column(Modifier.fillMaxSize().safeDrawingPadding(), horizontalAlignment = Alignment.CenterHorizontally) {
            Column(Modifier.widthIn(max = ReadingWidth).fillMaxWidth()) {
                TopLine(title, subtitle, back, trailing)
                if (saved != null) Box(Modifier.padding(horizontal = Space.Margin).padding(bottom = Space.Tight)) { saved() }
            }
            LazyColumn(
                Modifier.weight(1f).widthIn(max = ReadingWidth).fillMaxWidth().testTag("content"),
                state = state,
                contentPadding = PaddingValues(start = Space.Margin, end = Space.Margin, top = Space.Tight, bottom = Space.Large),
                verticalArrangement = Arrangement.spacedBy(Space.Between),
                content = content,
            )
            if (action != null) {
                HorizontalDivider(color = colors.hairline)
                Box(
                    Modifier.fillMaxWidth().background(colors.card).padding(Space.Margin),
                    contentAlignment = Alignment.Center,
                ) { Box(Modifier.widthIn(max = ReadingWidth)) { action() } }
            }
        }
    }
}

@Composable
private fun TopLine(title: String, subtitle: String?, back: BackAction?, trailing: @Composable () -> Unit) {
    // With large text the title leaves the room to what it stands over.
    val roomy = LocalDensity.current.fontScale < 1.3f
    Row(
        Modifier.fillMaxWidth().padding(start = if (back == null) Space.Margin else Space.Tight, end = Space.Small, top = Space.Small, bottom = Space.Small),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        if (back != null) {
            IconButton(back.onClick, Modifier.size(Target.Rest)) { Icon(Icons.Back, back.description) }
        }
        Column(Modifier.weight(1f)) {
            Text(
                title,
                Modifier.semantics { heading() },
                style = if (back == null && roomy) MaterialTheme.typography.headlineLarge else MaterialTheme.typography.titleLarge,
            )
            if (subtitle != null) Text(subtitle, style = MaterialTheme.typography.bodyMedium, color = Truckroll.colors.quiet)
        }
        trailing()
    }
}
