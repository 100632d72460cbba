package app.truckroll.host

import android.content.ActivityNotFoundException
import android.content.Context
import android.content.SharedPreferences
import android.net.Uri
import androidx.core.content.FileProvider
import app.truckroll.shell.port.CameraPort
import app.truckroll.shell.port.Shot
import kotlinx.coroutines.CompletableDeferred
import java.io.File
import java.io.IOException

/**
 * Photos by the phone's own camera app, written to one file that we give it. Which photo it is for is kept, because
 * Android may end our process behind the camera.
 */
class AndroidCamera(private val context: Context) : CameraPort {
    private val kept: SharedPreferences = context.getSharedPreferences("camera", Context.MODE_PRIVATE)
    private var waiting: CompletableDeferred<Boolean>? = null

    /** Opens the camera app; set by the activity on the screen. */
    var launch: ((Uri) -> Unit)? = null

    override suspend fun take(tag: String): Shot {
        val open = launch ?: return Shot.Failed
        val file = try {
            fresh()
        } catch (_: IOException) {
            return Shot.StorageFull
        }
        val taken = CompletableDeferred<Boolean>()
        waiting = taken
        kept.edit().putString(TAG, tag).putString(FILE, file.path).commit()
        return try {
            open(FileProvider.getUriForFile(context, AUTHORITY, file))
            if (taken.await()) read(file) else Shot.Cancelled
        } catch (_: ActivityNotFoundException) {
            Shot.Failed
        } catch (_: SecurityException) {
            Shot.Denied
        } finally {
            waiting = null
            forget()
        }
    }

    /** The camera app is back. Returns what a process that died was waiting for: its tag and picture. */
    fun back(taken: Boolean): Pair<String, ByteArray>? {
        waiting?.let {
            it.complete(taken)
            return null
        }
        val tag = kept.getString(TAG, null)
        val file = kept.getString(FILE, null)?.let(::File)
        val orphan = if (taken && tag != null && file != null) (read(file) as? Shot.Taken)?.let { tag to it.bytes } else null
        forget()
        return orphan
    }

    private fun fresh(): File {
        val folder = File(context.cacheDir, "camera").apply { mkdirs() }
        if (folder.usableSpace < ROOM_BYTES) throw IOException("no room")
        return File.createTempFile("photo", ".jpg", folder)
    }

    private fun read(file: File): Shot = try {
        file.readBytes().let { if (it.isEmpty()) Shot.Failed else Shot.Taken(it) }
    } catch (_: IOException) {
        Shot.Failed
    }

    private fun forget() {
        kept.getString(FILE, null)?.let { File(it).delete() }
        kept.edit().clear().commit()
    }

    companion object {
        const val AUTHORITY = "app.truckroll.photos"
        /** A large photo. */
        const val ROOM_BYTES = 20L * 1024 * 1024
        private const val TAG = "tag"
        private const val FILE = "file"
    }
}
