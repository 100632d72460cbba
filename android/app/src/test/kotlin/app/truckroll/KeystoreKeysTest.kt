package app.truckroll

import android.app.Application
import androidx.test.core.app.ApplicationProvider
import androidx.test.ext.junit.runners.AndroidJUnit4
import app.truckroll.core.HostException
import app.truckroll.host.KeystoreKeys
import org.junit.After
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import java.io.File
import java.math.BigInteger
import java.security.KeyFactory
import java.security.Security
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECPoint
import java.security.spec.ECPublicKeySpec
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** The keys by Android's own calls. Robolectric has no key store, so its hardware is a stand-in: [StandInKeyStore]. */
@RunWith(AndroidJUnit4::class)
@Config(application = Application::class)
class KeystoreKeysTest {
    private val file = File(ApplicationProvider.getApplicationContext<Application>().noBackupFilesDir, "keys/store.key")
    private val keys = KeystoreKeys(file)

    @Before fun plugIn() {
        Security.addProvider(StandInKeyStore())
    }

    @After fun unplug() = Security.removeProvider(StandInKeyStore.NAME)

    @Test fun `what the phone signs verifies with the public key that it shows, from start to start`() {
        val shown = keys.publicKey()
        assertEquals(65, shown.size)
        assertContentEquals(shown, KeystoreKeys(file).publicKey())
        val bytes = "a request".toByteArray()
        val signed = KeystoreKeys(file).sign(bytes)
        assertTrue(verifies(shown, bytes, signed))
        assertFalse(verifies(shown, "another".toByteArray(), signed))
    }

    private fun verifies(sec1: ByteArray, bytes: ByteArray, signed: ByteArray): Boolean {
        val own = StandInKeyStore.certificate().publicKey as ECPublicKey
        val point = ECPoint(BigInteger(1, sec1.copyOfRange(1, 33)), BigInteger(1, sec1.copyOfRange(33, 65)))
        val key = KeyFactory.getInstance("EC").generatePublic(ECPublicKeySpec(point, own.params))
        return Signature.getInstance("SHA256withECDSA").run {
            initVerify(key)
            update(bytes)
            verify(signed)
        }
    }

    @Test fun `the store's key lies on the phone only wrapped, and a file that was touched opens nothing`() {
        assertNull(keys.load())
        val secret = ByteArray(32) { it.toByte() }
        keys.save(secret)
        assertContentEquals(secret, KeystoreKeys(file).load())
        val kept = file.readBytes()
        assertFalse(kept.toList().windowed(secret.size).any { it == secret.toList() })
        file.writeBytes(kept.also { it[it.size - 1] = (it.last() + 1).toByte() })
        assertFailsWith<HostException.Unavailable> { KeystoreKeys(file).load() }
    }

    @Test fun `what is forgotten is gone, and the phone becomes another`() {
        val before = keys.publicKey()
        keys.save(ByteArray(32) { 7 })
        keys.forget()
        assertNull(keys.load())
        assertFalse(before.contentEquals(keys.publicKey()))
    }
}
