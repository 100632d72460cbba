package app.truckroll.ui

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.PixelMap
import androidx.compose.ui.graphics.asSkiaBitmap
import androidx.compose.ui.graphics.isSpecified
import androidx.compose.ui.graphics.luminance
import androidx.compose.ui.graphics.toPixelMap
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.captureToImage
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.test.v2.runDesktopComposeUiTest
import androidx.compose.ui.text.TextLayoutResult
import androidx.compose.ui.unit.Density
import app.truckroll.core.Language
import app.truckroll.ui.gallery.Amount
import app.truckroll.ui.gallery.Page
import app.truckroll.ui.gallery.Samples
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.text.wordsOf
import app.truckroll.ui.theme.TruckrollTheme
import org.jetbrains.skia.EncodedImageFormat
import org.jetbrains.skia.Image
import org.junit.Test
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** How a screen is tried. */
private enum class Case(val samples: Samples, val dark: Boolean = false, val highContrast: Boolean = false, val fontScale: Float = 1f, val es: Boolean = false) {
    EMPTY(Samples(Amount.EMPTY)),
    TYPICAL(Samples(Amount.TYPICAL)),
    LONG(Samples(Amount.LONG)),
    SPANISH(Samples(Amount.TYPICAL, es = true), es = true),
    DARK(Samples(Amount.TYPICAL), dark = true),
    CONTRAST(Samples(Amount.TYPICAL), highContrast = true),
    LARGE(Samples(Amount.TYPICAL), fontScale = 2f),
    OFFLINE(Samples(Amount.TYPICAL, offline = true)),
}

/** Draws every screen in every case, and computes on each what a person would wince at. */
@OptIn(ExperimentalTestApi::class)
class ScreenGalleryTest {
    private val folder = File(System.getProperty("truckroll.gallery")).apply { mkdirs() }
    private val faults = mutableListOf<String>()

    private fun draw(page: Page, case: Case) = runDesktopComposeUiTest(WIDTH, HEIGHT) {
        setContent {
            CompositionLocalProvider(LocalDensity provides Density(DENSITY, case.fontScale), LocalWords provides wordsOf(if (case.es) Language.ES else Language.EN)) {
                TruckrollTheme(case.dark, case.highContrast, reducedMotion = true, fontFamily = desktopFontFamily()) { page.show(case.samples) }
            }
        }
        waitForIdle()
        val image = onRoot().captureToImage()
        val name = "${page.name.lowercase()}-${case.name.lowercase()}"
        File(folder, "$name.png").writeBytes(Image.makeFromBitmap(image.asSkiaBitmap()).encodeToData(EncodedImageFormat.PNG)!!.bytes)
        val texts = onAllNodes(SemanticsMatcher.keyIsDefined(SemanticsActions.GetTextLayoutResult), useUnmergedTree = true).fetchSemanticsNodes()
        check(name, texts, image.toPixelMap())
        for (node in onAllNodes(hasClickAction()).fetchSemanticsNodes()) {
            if (node.size.height < 48 * DENSITY - 1) faults += "$name: ${said(node)} is only ${node.size.height / DENSITY} dp tall"
        }
    }

    private fun said(node: SemanticsNode) = node.config.getOrNull(SemanticsProperties.Text)?.joinToString() ?: node.config.getOrNull(SemanticsProperties.ContentDescription)?.joinToString() ?: "a target"

    private fun check(name: String, texts: List<SemanticsNode>, pixels: PixelMap) {
        val boxes = mutableListOf<Pair<String, Rect>>()
        for (node in texts) {
            val layouts = mutableListOf<TextLayoutResult>()
            node.config[SemanticsActions.GetTextLayoutResult].action?.invoke(layouts)
            val layout = layouts.firstOrNull() ?: continue
            val text = layout.layoutInput.text.text
            if (text.isBlank()) continue
            // Compose's own hasVisualOverflow compares a fraction of a pixel with a whole one.
            val widest = (0 until layout.lineCount).maxOf { layout.getLineRight(it) - layout.getLineLeft(it) }
            val cut = layout.multiParagraph.didExceedMaxLines || widest > layout.size.width + 1 || layout.multiParagraph.height > layout.size.height + 1
            if (cut) faults += "$name: “${text.take(40)}” is cut"
            val visible = node.boundsInRoot
            if (visible.width <= 1 || visible.height < layout.getLineBottom(0)) continue
            if (visible.right > WIDTH || visible.left < 0) faults += "$name: “${text.take(40)}” leaves the screen"
            // What is typed lies in the field's whole box, under its label: one thing, drawn by Material.
            if (SemanticsProperties.EditableText !in node.config) boxes += text to visible
            val color = layout.layoutInput.style.color
            if (color.isSpecified) contrast(pixels, visible, color)?.let { if (it < 4.5) faults += "$name: “${text.take(40)}” has a contrast of only %.1f".format(it) }
        }
        for ((index, one) in boxes.withIndex()) for (other in boxes.drop(index + 1)) {
            val both = one.second.intersect(other.second)
            if (both.width > 1 && both.height > 1) faults += "$name: “${one.first.take(30)}” lies over “${other.first.take(30)}”"
        }
    }

    /** WCAG's contrast between a text's colour and what most of its box is painted with; null where the two can't be told apart by counting. */
    private fun contrast(pixels: PixelMap, box: Rect, color: Color): Double? {
        val counts = HashMap<Color, Int>()
        for (y in box.top.toInt().coerceAtLeast(0) until box.bottom.toInt().coerceAtMost(pixels.height)) {
            for (x in box.left.toInt().coerceAtLeast(0) until box.right.toInt().coerceAtMost(pixels.width)) counts.merge(pixels[x, y], 1, Int::plus)
        }
        val ground = counts.maxByOrNull { it.value }?.key ?: return null
        val (low, high) = listOf(color.luminance().toDouble(), ground.luminance().toDouble()).sorted()
        return (high + 0.05) / (low + 0.05)
    }

    @Test fun `no screen cuts a text, lays one over another, or is hard to read`() {
        for (page in Page.entries) for (case in Case.entries) draw(page, case)
        index()
        assertEquals(Page.entries.size * Case.entries.size, folder.listFiles { file -> file.extension == "png" }!!.size)
        File(folder, "faults.txt").writeText(faults.joinToString("\n"))
        assertTrue(faults.isEmpty(), faults.joinToString("\n"))
    }

    /** One page with all the pictures, to be looked at. */
    private fun index() {
        val rows = Page.entries.joinToString("\n") { page ->
            val cells = Case.entries.joinToString("") { "<figure><img src='${page.name.lowercase()}-${it.name.lowercase()}.png' loading=lazy><figcaption>${it.name.lowercase()}</figcaption></figure>" }
            "<h2>${page.name.lowercase().replace('_', ' ')}</h2><div>$cells</div>"
        }
        File(folder, "index.html").writeText(
            "<!doctype html><meta charset=utf-8><title>Truckroll: every screen</title><style>body{font:16px system-ui;margin:24px;background:#e9e9e3}" +
                "div{display:flex;gap:16px;overflow-x:auto}figure{margin:0}img{width:300px;border:1px solid #888}figcaption{text-align:center}</style>$rows",
        )
    }

    private companion object {
        const val DENSITY = 1.5f
        const val WIDTH = 617
        const val HEIGHT = 1337
    }
}
