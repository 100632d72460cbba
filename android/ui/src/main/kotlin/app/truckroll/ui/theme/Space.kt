package app.truckroll.ui.theme

import androidx.compose.ui.unit.dp

/** The 4-point grid. */
object Space {
    val Tight = 4.dp
    val Small = 8.dp
    /** Between cards. */
    val Between = 12.dp
    /** From the screen's edge, and inside a card. */
    val Margin = 16.dp
    val Large = 24.dp
    val Huge = 32.dp
}

/** The least height of what a gloved finger hits. */
object Target {
    /** The main action of a screen. */
    val Main = 56.dp
    /** Everything else that can be tapped. */
    val Rest = 48.dp
}

/** The longest line, about 70 characters of body text; wider windows leave the rest empty. */
val ReadingWidth = 560.dp
