package app.truckroll.ui.screen

import androidx.compose.foundation.Image
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.produceState
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.layout.ContentScale
import androidx.compose.ui.unit.dp
import app.truckroll.core.PhotoKind
import app.truckroll.core.PhotoView
import app.truckroll.core.VisitView
import app.truckroll.shell.model.Task
import app.truckroll.ui.component.ActionRow
import app.truckroll.ui.component.EmptyState
import app.truckroll.ui.component.HouseCard
import app.truckroll.ui.component.IconLine
import app.truckroll.ui.component.LinkAction
import app.truckroll.ui.component.Mark
import app.truckroll.ui.component.Screen
import app.truckroll.ui.component.SectionTitle
import app.truckroll.ui.component.SideAction
import app.truckroll.ui.component.Weight
import app.truckroll.ui.text.LocalWords
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.Truckroll

/** Gives a picture by its hash, decoded; null when it isn't on the phone. The host knows how its platform decodes. */
val LocalPictures = staticCompositionLocalOf<suspend (sha256: String) -> ImageBitmap?> { { null } }

/** The photos of a visit, each with where it is on its way. */
@Composable
fun PhotosScreen(
    view: VisitView,
    task: Task,
    onTake: (PhotoKind) -> Unit,
    onSendNow: (String) -> Unit,
    onSaved: () -> Unit,
    onDismiss: () -> Unit,
    onBack: () -> Unit,
) {
    val words = LocalWords.current
    Screen(words.photos, subtitle = view.number, back = backAction(onBack), saved = { SaveLine(view.save, onSaved) }) {
        problem(task.problem, onDismiss)
        if (!view.readOnly) {
            item(key = "take") { SectionTitle(words.photoOf) }
            item(key = "kinds") {
                ActionRow {
                    for (choice in view.photoKinds) {
                        val kind = PhotoKind.entries.find { it.name.equals(choice.key, ignoreCase = true) } ?: continue
                        SideAction(choice.label, Icons.Camera, { onTake(kind) }, enabled = task.working == null)
                    }
                }
            }
        }
        if (view.photos.isEmpty()) item(key = "empty") { EmptyState(Icons.Photo, words.photosEmpty, words.photosEmptyBody) }
        for (photo in view.photos) item(key = photo.opId) { PhotoCard(photo, onSendNow) }
    }
}

@Composable
private fun PhotoCard(photo: PhotoView, onSendNow: (String) -> Unit) = HouseCard {
    val words = LocalWords.current
    val pictures = LocalPictures.current
    val picture by produceState<ImageBitmap?>(null, photo.thumbnailSha256) { value = pictures(photo.thumbnailSha256) }
    Box(
        Modifier.fillMaxWidth().height(PICTURE_HEIGHT).clip(MaterialTheme.shapes.medium).background(Truckroll.colors.resting),
        contentAlignment = Alignment.Center,
    ) {
        val drawn = picture
        if (drawn == null) Mark(Icons.Photo, 32.dp, description = words.pictureLoading, tint = Truckroll.colors.onResting)
        else Image(drawn, "${photo.kindLabel} ${photo.caption}".trim(), Modifier.fillMaxWidth(), contentScale = ContentScale.Crop)
    }
    Text(photo.kindLabel, style = MaterialTheme.typography.titleSmall)
    if (photo.caption.isNotEmpty()) Text(photo.caption, style = MaterialTheme.typography.bodyMedium)
    Text("${photo.at.day}, ${photo.at.time} · ${photo.by}", style = MaterialTheme.typography.bodySmall, color = Truckroll.colors.quiet)
    val icon = when (photo.upload) {
        "verified", "elsewhere" -> Icons.Sent
        "uploading" -> Icons.Sending
        else -> Icons.Saved
    }
    IconLine(icon, photo.uploadLabel, weight = if (photo.upload == "waiting_wifi") Weight.CAUTION else Weight.QUIET)
    if (photo.canSendNow) LinkAction(words.sendNow, { onSendNow(photo.sha256) })
}

private val PICTURE_HEIGHT = 160.dp
