package app.truckroll.host

import android.Manifest
import android.annotation.SuppressLint
import android.content.Context
import android.content.pm.PackageManager
import android.location.Location
import android.location.LocationListener
import android.location.LocationManager
import android.os.Bundle
import android.os.Looper
import android.os.SystemClock
import androidx.core.location.LocationCompat
import app.truckroll.core.Fix
import app.truckroll.shell.port.LocationPort
import app.truckroll.shell.port.Look
import app.truckroll.shell.port.Position
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.withTimeoutOrNull

/**
 * The phone's position, by Android's own providers: no Google services are needed.
 *
 * @param ask asks the technician for a permission; false when they refuse or nothing can be asked
 */
class AndroidLocation(private val context: Context, private val ask: suspend (String) -> Boolean) : LocationPort {
    private val manager = context.getSystemService(LocationManager::class.java)

    override suspend fun locate(look: Look): Position {
        if (!allowed(look)) return Position.Denied
        val providers = listOf(LocationManager.GPS_PROVIDER, LocationManager.NETWORK_PROVIDER).filter { it in manager.allProviders }
        if (providers.none { manager.isProviderEnabled(it) }) return Position.Off
        return try {
            sample(providers.filter { manager.isProviderEnabled(it) }, if (look == Look.EXACT) GOOD_ENOUGH_M else A_BLOCK_M)
        } catch (_: SecurityException) {
            // Taken back while we asked.
            Position.Denied
        }
    }

    private suspend fun allowed(look: Look): Boolean = when (look) {
        Look.EXACT -> has(Manifest.permission.ACCESS_FINE_LOCATION) || ask(Manifest.permission.ACCESS_FINE_LOCATION)
        Look.ROUGH -> has(Manifest.permission.ACCESS_COARSE_LOCATION) || has(Manifest.permission.ACCESS_FINE_LOCATION)
    }

    private fun has(permission: String) = context.checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED

    /** The best position within the time, or the first that is good enough. */
    @SuppressLint("MissingPermission")
    private suspend fun sample(providers: List<String>, goodEnoughM: Float): Position {
        var best: Location? = null
        val updates = callbackFlow {
            val listener = object : LocationListener {
                override fun onLocationChanged(location: Location) { trySend(location) }
                override fun onProviderDisabled(provider: String) = Unit
                override fun onProviderEnabled(provider: String) = Unit
                @Deprecated("Android 9 and older call it")
                override fun onStatusChanged(provider: String?, status: Int, extras: Bundle?) = Unit
            }
            for (provider in providers) manager.requestLocationUpdates(provider, 0, 0f, listener, Looper.getMainLooper())
            awaitClose { manager.removeUpdates(listener) }
        }
        withTimeoutOrNull(SAMPLE_MS) {
            updates.onEach { location -> if (location.accuracy < (best?.accuracy ?: Float.MAX_VALUE)) best = location }
                .first { it.hasAccuracy() && it.accuracy <= goodEnoughM }
        }
        return best?.let { Position.Found(fix(it)) } ?: Position.None
    }

    private fun fix(location: Location): Fix {
        val monoMs = location.elapsedRealtimeNanos / 1_000_000
        return Fix(
            location.latitude, location.longitude,
            // Android says 0 for unknown; so does the engine's rule.
            if (location.hasAccuracy()) location.accuracy.toDouble() else 0.0,
            SystemClock.elapsedRealtime() - monoMs, monoMs, location.time, location.provider.orEmpty(), LocationCompat.isMock(location),
        )
    }

    companion object {
        /** As the company's default policy: sample up to 20 s, stop at 15 m. */
        const val SAMPLE_MS = 20_000L
        const val GOOD_ENOUGH_M = 15f

        /** What the engine rounds a position on the way to: a thousandth of a degree. */
        const val A_BLOCK_M = 111f
    }
}
