package app.truckroll.host

import android.content.Context
import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import app.truckroll.core.Network
import app.truckroll.shell.port.SignalPort
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate

/** The phone's connection. What costs nothing counts as Wi-Fi, as for photos only that matters. */
class AndroidSignal(context: Context) : SignalPort {
    private val manager = context.getSystemService(ConnectivityManager::class.java)

    /** The connection right now. */
    fun now(): Network = manager.activeNetwork?.let(manager::getNetworkCapabilities)?.let(::kind) ?: Network.OFFLINE

    override fun network(): Flow<Network> = callbackFlow {
        val callback = object : ConnectivityManager.NetworkCallback() {
            override fun onCapabilitiesChanged(network: android.net.Network, capabilities: NetworkCapabilities) {
                trySend(kind(capabilities))
            }

            override fun onLost(network: android.net.Network) {
                trySend(Network.OFFLINE)
            }
        }
        trySend(now())
        manager.registerDefaultNetworkCallback(callback)
        awaitClose { manager.unregisterNetworkCallback(callback) }
    }.conflate()

    private fun kind(capabilities: NetworkCapabilities): Network = when {
        !capabilities.hasCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET) -> Network.OFFLINE
        capabilities.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED) -> Network.WIFI
        else -> Network.MOBILE
    }
}
