package app.truckroll.ui.screen

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.MutableState
import androidx.compose.runtime.Stable
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.saveable.rememberSaveable

/** What is being typed. It goes only when the engine has it: a full phone leaves it on the screen. */
@Stable
internal class Unsaved(private val typed: MutableState<String>, private val leaving: MutableState<String?>) {
    var text: String by typed::value

    /** What is to be saved: the text without its edges, which is now on its way. */
    fun leave(): String = text.trim().also { leaving.value = it }
}

/** @param saved the texts that the engine has; a draft that comes to be among them is done */
@Composable
internal fun rememberUnsaved(saved: List<String>): Unsaved {
    val typed = rememberSaveable { mutableStateOf("") }
    val leaving = rememberSaveable { mutableStateOf<String?>(null) }
    LaunchedEffect(saved) {
        if (leaving.value != null && leaving.value in saved) {
            typed.value = ""
            leaving.value = null
        }
    }
    return Unsaved(typed, leaving)
}
