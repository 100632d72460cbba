package app.truckroll.desktop

import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.junit4.v2.createComposeRule
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import org.junit.Rule
import org.junit.Test

class DesktopAppTest {
    @get:Rule val rule = createComposeRule()

    @Test fun `the window shows the screens and takes taps`() {
        rule.setContent { DesktopApp(dark = false) }
        rule.onNodeWithText("I’m on my way").assertIsDisplayed().performClick()
        rule.onNodeWithText("Complete with 2 gaps").assertIsDisplayed()
    }
}
