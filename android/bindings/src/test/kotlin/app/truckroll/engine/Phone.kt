package app.truckroll.engine

import app.truckroll.core.ActException
import app.truckroll.core.Done
import app.truckroll.core.DriverOptions
import app.truckroll.core.Intent
import app.truckroll.core.KeyStore
import app.truckroll.core.Language
import app.truckroll.core.Network
import app.truckroll.core.Screen
import app.truckroll.core.ScreenListener
import app.truckroll.core.ScreenView
import app.truckroll.core.Signer
import app.truckroll.core.SyncView
import kotlinx.coroutines.delay
import kotlinx.coroutines.withTimeout
import java.io.File
import java.math.BigInteger
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec

/** A phone: its folder, its keys, and the facade on the real library. */
class Phone(private val folder: File) : Signer, KeyStore {
    private val pair: KeyPair = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()

    @Volatile private var storeKey: ByteArray? = null

    override fun publicKey(): ByteArray {
        val point = (pair.public as ECPublicKey).w
        fun fixed(number: BigInteger) = number.toByteArray().takeLast(32).let { List(32 - it.size) { 0.toByte() } + it }
        return (listOf(4.toByte()) + fixed(point.affineX) + fixed(point.affineY)).toByteArray()
    }

    override fun sign(bytes: ByteArray): ByteArray = Signature.getInstance("SHA256withECDSA").run {
        initSign(pair.private)
        update(bytes)
        sign()
    }

    override fun load(): ByteArray? = storeKey
    override fun save(key: ByteArray) { storeKey = key }
    override fun forget() { storeKey = null }

    suspend fun open(network: Network = Network.WIFI): Technician =
        Technician.open(DriverOptions(folder.path, "1.0-test", Language.EN, network, false), this, this, null, null)
}

/** Waits until the connection to the office is as it should be. */
suspend fun Technician.until(what: String, wanted: (SyncView) -> Boolean): SyncView = withTimeout(120_000) {
    var view = sync()
    while (!wanted(view)) {
        delay(50)
        view = sync()
    }
    view
}.also { check(wanted(it)) { what } }

suspend fun Technician.act(intent: Intent): Done = act(intent, null)

/** Keeps what it is told. */
class Listener : ScreenListener {
    val views = java.util.concurrent.LinkedBlockingQueue<ScreenView>()
    val errors = java.util.concurrent.LinkedBlockingQueue<ActException>()
    override fun show(view: ScreenView) { views += view }
    override fun unavailable(screen: Screen, error: ActException) { errors += error }
}
