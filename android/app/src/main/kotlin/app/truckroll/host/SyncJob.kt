package app.truckroll.host

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import app.truckroll.TruckrollApplication
import app.truckroll.core.ActException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch

/** Sends what is unsent while the app isn't on the screen. */
class SyncJob : JobService() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main)
    private var running: Job? = null

    override fun onStartJob(parameters: JobParameters): Boolean {
        val host = (application as TruckrollApplication).host
        running = scope.launch {
            val settled = try {
                host.model().engine.syncAndWait(WITHIN_MS)
            } catch (_: ActException) {
                false
            } catch (_: HostFailed) {
                false
            }
            Notifications(this@SyncJob).show(host)
            jobFinished(parameters, !settled)
        }
        return true
    }

    override fun onStopJob(parameters: JobParameters): Boolean {
        running?.cancel()
        return true
    }

    companion object {
        /** Android grants ten minutes. */
        private const val WITHIN_MS = 9L * 60 * 1000
        const val SEND = 1
        const val PHOTOS = 2

        /** Asks for a run as soon as there is a connection; for originals that wait for Wi-Fi, when one costs nothing. */
        fun schedule(context: Context, photosWaitForWifi: Boolean) {
            val scheduler = context.getSystemService(JobScheduler::class.java)
            val service = ComponentName(context, SyncJob::class.java)
            scheduler.schedule(
                JobInfo.Builder(SEND, service).setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY).setPersisted(true).build(),
            )
            if (photosWaitForWifi) scheduler.schedule(
                JobInfo.Builder(PHOTOS, service).setRequiredNetworkType(JobInfo.NETWORK_TYPE_UNMETERED).setPersisted(true).build(),
            ) else scheduler.cancel(PHOTOS)
        }
    }
}
