package app.truckroll.ui.screen

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.border
import androidx.compose.foundation.gestures.awaitEachGesture
import androidx.compose.foundation.gestures.awaitFirstDown
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.saveable.rememberSaveable
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.Path
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.drawscope.Stroke
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.platform.testTag
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import app.truckroll.core.CloseoutView
import app.truckroll.shell.Signature
import app.truckroll.shell.model.CloseoutModel
import app.truckroll.shell.model.Task
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.LinkAction
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SectionTitle
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Space

/** What the customer signs, and where. */
@Composable
fun SignatureScreen(view: CloseoutView, task: Task, onSign: (signer: String, picture: ByteArray) -> Unit, onDismiss: () -> Unit, onBack: () -> Unit) {
    val words = LocalWords.current
    var signer by rememberSaveable { mutableStateOf("") }
    var signature by remember { mutableStateOf(Signature()) }
    val ready = signer.isNotBlank() && !signature.isEmpty
    Screen(
        words.signature,
        subtitle = view.number,
        back = backAction(onBack),
        action = {
            MainAction(
                words.saveSignature,
                { onSign(signer.trim(), signature.png()) },
                icon = Icons.Signature,
                whyNot = words.signFirst.takeIf { !ready },
                working = task.working == CloseoutModel.SIGN,
            )
        },
    ) {
        problem(task.problem, onDismiss)
        view.signature?.let { old ->
            item(key = "signed") {
                IconLine(
                    if (old.stale) Icons.Warning else Icons.Check,
                    "${words.signedBy(old.signer)} · ${old.at.time}" + if (old.note.isEmpty()) "" else "\n${old.note}",
                    weight = if (old.stale) Weight.CAUTION else Weight.PLAIN,
                )
            }
        }
        item(key = "document") {
            HouseCard {
                SectionTitle(words.customerSigns)
                for (line in view.document) Text(line, style = MaterialTheme.typography.bodyLarge)
            }
        }
        item(key = "pad") {
            Column(verticalArrangement = Arrangement.spacedBy(Space.Small)) {
                Field(signer, { signer = it }, words.signer)
                SignaturePad(signature, { signature = it })
                LinkAction(words.clearSignature, { signature = Signature() })
            }
        }
    }
}

/** A box to sign in, dark on white in every appearance, as on paper. */
@Composable
fun SignaturePad(signature: Signature, onChange: (Signature) -> Unit) {
    val words = LocalWords.current
    var current by remember { mutableStateOf(signature) }
    if (current !== signature) current = signature
    Box(
        Modifier.fillMaxWidth().height(PAD_HEIGHT).background(Color.White, MaterialTheme.shapes.medium)
            .border(2.dp, PAD_INK, MaterialTheme.shapes.medium)
            .testTag("signature")
            .semantics { contentDescription = words.signHere }
            .pointerInput(Unit) {
                awaitEachGesture {
                    val down = awaitFirstDown()
                    down.consume()
                    fun share(at: Offset) = Signature.Point((at.x / size.width).coerceIn(0f, 1f), (at.y / size.height).coerceIn(0f, 1f))
                    current = current.begin(share(down.position))
                    while (true) {
                        val change = awaitPointerEvent().changes.first()
                        if (!change.pressed) break
                        change.consume()
                        current = current.extend(share(change.position))
                        onChange(current)
                    }
                    onChange(current)
                }
            },
        contentAlignment = Alignment.BottomStart,
    ) {
        Canvas(Modifier.matchParentSize()) {
            for (stroke in signature.strokes) {
                val path = Path()
                stroke.forEachIndexed { index, point ->
                    if (index == 0) path.moveTo(point.x * size.width, point.y * size.height)
                    else path.lineTo(point.x * size.width, point.y * size.height)
                }
                drawPath(path, PAD_INK, style = Stroke(3.dp.toPx(), cap = StrokeCap.Round, join = StrokeJoin.Round))
            }
        }
    }
}

private val PAD_HEIGHT = 200.dp
private val PAD_INK = Color(0xFF15181C)
