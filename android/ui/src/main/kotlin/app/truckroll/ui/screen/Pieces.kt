package app.truckroll.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.selection.selectable
import androidx.compose.foundation.selection.selectableGroup
import androidx.compose.foundation.text.KeyboardOptions
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedTextField
import androidx.compose.material3.RadioButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType
import app.truckroll.core.ActException
import app.truckroll.core.Delivery
import app.truckroll.core.NoticeView
import app.truckroll.core.SaveView
import app.truckroll.core.Tone
import app.truckroll.shell.Problem
import app.truckroll.shell.Shown
import app.truckroll.ui.component.BackAction
import app.truckroll.ui.component.Banner
import app.truckroll.ui.component.BannerLook
import app.truckroll.ui.component.EmptyState
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.LoadingCards
import app.truckroll.ui.component.SaveChip
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.text.Words
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Space
import app.truckroll.ui.theme.Target
import app.truckroll.ui.theme.Truckroll

/** "Is my work safe?" of a record. */
@Composable
internal fun SaveLine(save: SaveView, onClick: () -> Unit) = SaveChip(saveLook(save.key), save.text, onClick)

@Composable
internal fun backAction(onBack: () -> Unit) = BackAction(LocalWords.current.back, onBack)

/** The engine's notices, each a banner. */
internal fun LazyListScope.notices(notices: List<NoticeView>) {
    for (notice in notices) item(key = "notice/${notice.key}") { Banner(bannerLook(notice.tone, notice.key), notice.text) }
}

/** What went wrong, what is safe and what to do, until it is dismissed; in sight however far the page is scrolled. */
internal fun LazyListScope.problem(problem: Problem?, onDismiss: () -> Unit) {
    if (problem == null) return
    stickyHeader(key = "problem") {
        val words = LocalWords.current.problem
        val (title, body) = words.of(problem)
        Banner(problem.look, title, body = body, action = words.dismiss, onAction = onDismiss)
    }
}

private val Problem.look: BannerLook
    get() = when (this) {
        Problem.CameraCancelled -> BannerLook.INFO
        Problem.StorageFull, is Problem.Failed, Problem.Locked -> BannerLook.WRONG
        else -> BannerLook.CAUTION
    }

internal fun app.truckroll.ui.text.ProblemWords.of(problem: Problem): Pair<String, String> = when (problem) {
    Problem.StorageFull -> storageFull
    Problem.Locked -> locked
    Problem.NotEnrolled -> notEnrolled
    Problem.AlreadyEnrolled -> alreadyEnrolled
    is Problem.NotPossible -> notPossible
    Problem.Gone -> gone
    Problem.ReasonMissing -> reasonMissing
    is Problem.WrongValue -> wrongValue
    is Problem.TooLarge -> tooLarge(problem.limitBytes)
    Problem.LocationDenied -> locationDenied
    Problem.LocationOff -> locationOff
    Problem.CameraDenied -> cameraDenied
    Problem.CameraCancelled -> cameraCancelled
    Problem.CameraFailed -> cameraFailed
    Problem.NothingOpens -> nothingOpens
    is Problem.Failed -> failed(problem.detail)
}

/** Draws a screen's content, or what stands in for it: the shape of what comes, or why there is nothing. */
@Composable
fun <T> WhenShown(shown: Shown<T>, title: String, onBack: (() -> Unit)?, content: @Composable (T) -> Unit) {
    val words = LocalWords.current
    val back = onBack?.let { backAction(it) }
    when (shown) {
        is Shown.Content -> content(shown.view)
        Shown.Loading -> Screen(title, back = back) { item { LoadingCards(words.loading) } }
        is Shown.Unavailable -> Screen(title, back = back) {
            item {
                val locked = shown.error is ActException.Locked
                EmptyState(
                    if (locked) Icons.Key else Icons.Info,
                    if (locked) words.locked else words.gone,
                    if (locked) words.lockedBody else words.goneBody,
                    action = if (onBack != null) words.back else null,
                    onAction = onBack ?: {},
                )
            }
        }
    }
}

/** A label and its value: beside each other while they fit, under each other with large text. */
@Composable
internal fun Fact(label: String, value: String, modifier: Modifier = Modifier) {
    FlowRow(
        modifier.fillMaxWidth().semantics(mergeDescendants = true) {},
        horizontalArrangement = Arrangement.SpaceBetween,
        verticalArrangement = Arrangement.spacedBy(Space.Tight),
    ) {
        Text(label, style = MaterialTheme.typography.bodyMedium, color = Truckroll.colors.quiet)
        Text(value, style = MaterialTheme.typography.titleSmall)
    }
}

/** Where something that was written down is on its way. */
@Composable
internal fun DeliveryLine(words: Words, delivery: Delivery, prefix: String) = IconLine(
    delivery.icon,
    "$prefix · ${words.delivery(delivery)}",
    weight = if (delivery == Delivery.ATTENTION) Weight.CAUTION else Weight.QUIET,
)

/** A longer text scrolls in its field, so that what stands under it stays near. */
private const val MOST_LINES = 8

/** A field to write in, tall enough for a glove. */
@Composable
internal fun Field(
    value: String,
    onChange: (String) -> Unit,
    label: String,
    modifier: Modifier = Modifier,
    hint: String? = null,
    lines: Int = 1,
    number: Boolean = false,
) {
    Column(modifier.fillMaxWidth(), verticalArrangement = Arrangement.spacedBy(Space.Tight)) {
        OutlinedTextField(
            value,
            onChange,
            Modifier.fillMaxWidth().heightIn(min = Target.Main),
            label = { Text(label) },
            minLines = lines,
            maxLines = if (lines == 1) 1 else MOST_LINES,
            singleLine = lines == 1,
            textStyle = MaterialTheme.typography.bodyLarge,
            keyboardOptions = KeyboardOptions(
                capitalization = if (lines > 1) KeyboardCapitalization.Sentences else KeyboardCapitalization.Unspecified,
                keyboardType = if (number) KeyboardType.Decimal else KeyboardType.Unspecified,
            ),
        )
        // Not inside the field, where a long one would be cut.
        if (hint != null) Text(hint, style = MaterialTheme.typography.bodySmall, color = Truckroll.colors.quiet)
    }
}

/** One of several, each a row that is one target. */
@Composable
internal fun <T> Choices(options: List<Pair<T, String>>, chosen: T?, onChoose: (T) -> Unit, modifier: Modifier = Modifier) {
    Column(modifier.fillMaxWidth().selectableGroup()) {
        for ((option, label) in options) {
            Row(
                Modifier.fillMaxWidth().heightIn(min = Target.Rest)
                    .selectable(option == chosen, role = Role.RadioButton) { onChoose(option) },
                horizontalArrangement = Arrangement.spacedBy(Space.Between),
                verticalAlignment = Alignment.CenterVertically,
            ) {
                RadioButton(option == chosen, onClick = null)
                Text(label, Modifier.weight(1f), style = MaterialTheme.typography.bodyLarge)
            }
        }
    }
}

/** A line of text that keeps its tone. */
@Composable
internal fun ToneLine(tone: Tone, text: String) = IconLine(
    when (tone) {
        Tone.GOOD -> Icons.Check
        Tone.CALM -> Icons.Info
        else -> Icons.Warning
    },
    text,
    weight = tone.weight,
)
