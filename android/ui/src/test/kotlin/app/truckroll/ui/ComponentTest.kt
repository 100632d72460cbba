package app.truckroll.ui

import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.mutableStateOf
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.test.assertCountEquals
import androidx.compose.ui.test.assertHasClickAction
import androidx.compose.ui.test.assertHeightIsAtLeast
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsEnabled
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasScrollToNodeAction
import androidx.compose.ui.test.junit4.v2.createComposeRule
import androidx.compose.ui.test.onAllNodesWithContentDescription
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollToNode
import androidx.compose.ui.test.hasText
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.dp
import app.truckroll.ui.component.MainAction
import app.truckroll.ui.component.SideAction
import app.truckroll.ui.component.StatusChip
import app.truckroll.ui.component.StatusLook
import app.truckroll.ui.gallery.Gallery
import app.truckroll.ui.gallery.GalleryPage
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Target
import app.truckroll.ui.theme.TruckrollTheme
import org.junit.Rule
import org.junit.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

class ComponentTest {
    @get:Rule val rule = createComposeRule()

    private fun show(fontScale: Float = 1f, content: @Composable () -> Unit) = rule.setContent {
        CompositionLocalProvider(LocalDensity provides Density(1f, fontScale)) { TruckrollTheme(dark = false, content = content) }
    }

    @Test fun `the main action is one tall target that says what it does`() {
        var taps = 0
        show { MainAction("I'm here", { taps++ }, icon = Icons.Pin) }
        rule.onNodeWithText("I'm here").assertIsEnabled().assertHeightIsAtLeast(Target.Main).performClick()
        assertEquals(1, taps)
    }

    @Test fun `what stands in the way is written under the action and read with it`() {
        var taps = 0
        show { MainAction("Start work", { taps++ }, whyNot = "Check in first.") }
        rule.onNodeWithText("Start work").assertIsNotEnabled().performClick()
        rule.onNodeWithText("Check in first.").assertIsDisplayed()
        val said = rule.onNodeWithText("Start work").fetchSemanticsNode().config[SemanticsProperties.StateDescription]
        assertEquals("Check in first.", said)
        assertEquals(0, taps)
    }

    @Test fun `a second tap while the first is being saved does nothing`() {
        var taps = 0
        rule.mainClock.autoAdvance = false
        show { MainAction("Saving", { taps++ }, working = true) }
        rule.onNodeWithText("Saving").performClick()
        rule.mainClock.advanceTimeBy(500)
        assertEquals(0, taps)
    }

    @Test fun `no two statuses look or read alike`() {
        assertEquals(StatusLook.entries.size, StatusLook.entries.map { it.icon.name }.toSet().size)
        show { StatusChip(StatusLook.PAUSED, "Paused") }
        rule.onNodeWithText("Paused").assertIsDisplayed()
    }

    @Test fun `an item of the checklist says whether it is done`() {
        show { Gallery(GalleryPage.DETAIL) }
        rule.onNode(hasScrollToNodeAction()).performScrollToNode(hasText("Signature"))
        rule.onNodeWithText("Signature").assertHasClickAction()
        rule.onAllNodesWithContentDescription("missing").assertCountEquals(2)
        rule.onAllNodesWithContentDescription("done").assertCountEquals(2)
    }

    @Test fun `everything that can be tapped is tall enough for a glove, at any text size`() {
        val page = mutableStateOf(GalleryPage.LIST)
        show(fontScale = 2f) { Gallery(page.value) }
        for (next in GalleryPage.entries) {
            page.value = next
            rule.waitForIdle()
            val nodes = rule.onAllNodes(hasClickAction()).fetchSemanticsNodes()
            assertTrue(nodes.isNotEmpty(), "$next has nothing to tap")
            // Its layout, not its visible part: a card may be cut by the edge of the list.
            for (node in nodes) assertTrue(node.size.height >= 48, "$next: ${node.config} is ${node.size}")
        }
    }

    @Test fun `taps reach the caller, and the way back has a name`() {
        val tapped = mutableListOf<String>()
        show { Gallery(GalleryPage.DETAIL, tapped::add) }
        rule.onNodeWithContentDescription("Back").performClick()
        rule.onNodeWithText("Complete with 2 gaps").performClick()
        assertEquals(listOf("Back", "Complete with 2 gaps"), tapped)
    }

    @Test fun `every icon has a name of its own`() {
        assertEquals(Icons.all.size, Icons.all.map { it.name }.toSet().size)
        show { SideAction("Call", Icons.Phone, {}) }
        rule.onNodeWithText("Call").assertHeightIsAtLeast(48.dp)
    }
}
