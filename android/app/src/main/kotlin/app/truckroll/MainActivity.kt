package app.truckroll

import android.animation.ValueAnimator
import android.content.Intent
import android.graphics.BitmapFactory
import android.os.Build
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import androidx.activity.ComponentActivity
import androidx.activity.addCallback
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.graphics.asImageBitmap
import androidx.lifecycle.lifecycleScope
import app.truckroll.core.Language
import app.truckroll.core.StartException
import app.truckroll.host.Host
import app.truckroll.host.HostFailed
import app.truckroll.host.Notifications
import app.truckroll.host.Opening
import app.truckroll.host.SyncJob
import app.truckroll.shell.EnrolLink
import app.truckroll.shell.content
import app.truckroll.ui.TruckrollApp
import app.truckroll.ui.component.EmptyState
import app.truckroll.ui.component.LoadingCards
import app.truckroll.ui.component.Screen
import app.truckroll.ui.text.wordsOf
import app.truckroll.ui.theme.Icons
import app.truckroll.ui.theme.TruckrollTheme
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.launch

/** The app's one activity. It may come and go: the engine and the models are the process's. */
class MainActivity : ComponentActivity() {
    private val truckroll get() = application as TruckrollApplication
    private val host: Host get() = truckroll.host

    private val permission = registerForActivityResult(ActivityResultContracts.RequestPermission()) { granted ->
        // Later: the next question may wait for this answer, and one that is put before this returns is never answered.
        Handler(Looper.getMainLooper()).post { truckroll.permissions.answered(granted) }
    }

    private val camera = registerForActivityResult(ActivityResultContracts.TakePicture()) { taken ->
        truckroll.camera.back(taken)?.let { (tag, bytes) -> host.keepOrphan(tag, bytes) }
    }

    override fun onCreate(savedInstanceState: Bundle?) {
        enableEdgeToEdge()
        super.onCreate(savedInstanceState)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) setRecentsScreenshotEnabled(false)
        if (savedInstanceState == null) follow(intent)
        else savedInstanceState.getStringArrayList(WAY)?.let { host.navigator.restore(it) }
        lifecycleScope.launch { onceEnrolled() }
        onBackPressedDispatcher.addCallback(this) { if (!host.navigator.back()) finish() }
        setContent {
            val opening by host.state.collectAsState()
            when (val now = opening) {
                is Opening.Ready -> TruckrollApp(
                    now.model,
                    decode = { bytes -> BitmapFactory.decodeByteArray(bytes, 0, bytes.size)?.asImageBitmap() },
                    reducedMotion = !ValueAnimator.areAnimatorsEnabled(),
                    language = language(),
                )
                Opening.Waiting -> TruckrollTheme { Screen(getString(R.string.app_name)) { item { LoadingCards(wordsOf(language()).loading) } } }
                is Opening.Failed -> TruckrollTheme { NotOpen(now.error, language(), host::open) }
            }
        }
    }

    /** What waits until the phone is somebody's: before, nobody knows what a notification would be about. */
    private suspend fun onceEnrolled() {
        val model = try {
            host.model()
        } catch (_: HostFailed) {
            return
        }
        model.today.shown.mapNotNull { it.content?.enrolled }.distinctUntilChanged().filter { it }.collect {
            truckroll.push.register()
            host.pushAt(truckroll.push.endpoint)
            Notifications(this).askOnce(truckroll.permissions::ask)
        }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        follow(intent)
    }

    /** A link that the office's QR code holds fills in the enrolment; the technician still taps. */
    private fun follow(intent: Intent?) {
        val link = intent?.data?.toString() ?: return
        EnrolLink.parse(link)?.let { host.navigator.start(it) }
    }

    override fun onStart() {
        super.onStart()
        truckroll.permissions.launch = permission::launch
        truckroll.camera.launch = camera::launch
        host.inFront(true)
    }

    /**
     * The app switcher keeps a picture of the screen where no lock of ours reaches it: there is none. Only while the app is
     * behind: a technician may take a screenshot. [setRecentsScreenshotEnabled] says the same where Android knows it.
     */
    override fun onPause() {
        window.addFlags(FLAG_SECURE)
        super.onPause()
    }

    override fun onResume() {
        super.onResume()
        window.clearFlags(FLAG_SECURE)
    }

    override fun onStop() {
        super.onStop()
        host.inFront(false)
        SyncJob.schedule(this, host.photosWaitForWifi)
    }

    override fun onDestroy() {
        truckroll.permissions.launch = null
        truckroll.camera.launch = null
        super.onDestroy()
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putStringArrayList(WAY, ArrayList(host.navigator.save()))
    }

    private fun language() = if (resources.configuration.locales[0].language == "es") Language.ES else Language.EN

    private companion object {
        const val WAY = "way"
    }
}

/** Why the engine doesn't open: what is safe, and what to do. */
@Composable
private fun NotOpen(error: StartException, language: Language, onRetry: () -> Unit) {
    val words = wordsOf(language)
    val (title, body) = when (error) {
        is StartException.StorageFull -> words.problem.storageFull
        is StartException.KeyUnavailable -> words.problem.locked
        else -> words.problem.failed(error.message.orEmpty())
    }
    Screen(title) { item { EmptyState(Icons.Warning, title, body, action = words.retry, onAction = onRetry) } }
}
