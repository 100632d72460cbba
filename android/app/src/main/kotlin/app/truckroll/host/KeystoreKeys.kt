package app.truckroll.host

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import app.truckroll.core.HostException
import app.truckroll.core.KeyStore
import app.truckroll.core.Signer
import app.truckroll.shell.engine.sec1
import java.io.File
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.KeyPairGenerator
import java.security.PrivateKey
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * The device's key and the store's key, in the phone's key store: the device's private half never leaves it, and the
 * store's key lies in [file] only wrapped.
 */
class KeystoreKeys(private val file: File) : Signer, KeyStore {
    private val store: java.security.KeyStore by lazy { java.security.KeyStore.getInstance(PROVIDER).apply { load(null) } }

    override fun publicKey(): ByteArray = guarded {
        if (!store.containsAlias(DEVICE)) {
            KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, PROVIDER).run {
                initialize(
                    KeyGenParameterSpec.Builder(DEVICE, KeyProperties.PURPOSE_SIGN)
                        .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
                        .setDigests(KeyProperties.DIGEST_SHA256).build(),
                )
                generateKeyPair()
            }
        }
        sec1(store.getCertificate(DEVICE).publicKey as ECPublicKey)
    }

    override fun sign(bytes: ByteArray): ByteArray = guarded {
        Signature.getInstance("SHA256withECDSA").run {
            initSign(store.getKey(DEVICE, null) as PrivateKey)
            update(bytes)
            sign()
        }
    }

    override fun load(): ByteArray? = guarded {
        if (!file.exists()) return@guarded null
        val kept = file.readBytes()
        Cipher.getInstance(WRAPPING_CIPHER).run {
            init(Cipher.DECRYPT_MODE, wrapping(), GCMParameterSpec(TAG_BITS, kept, 0, IV_BYTES))
            doFinal(kept, IV_BYTES, kept.size - IV_BYTES)
        }
    }

    override fun save(key: ByteArray) = guarded {
        val cipher = Cipher.getInstance(WRAPPING_CIPHER).apply { init(Cipher.ENCRYPT_MODE, wrapping()) }
        val fresh = File(file.path + ".new")
        file.parentFile?.mkdirs()
        fresh.writeBytes(cipher.iv + cipher.doFinal(key))
        if (!fresh.renameTo(file)) throw IOException("the wrapped key can't be replaced")
    }

    override fun forget() = guarded {
        file.delete()
        store.deleteEntry(WRAPPING)
        store.deleteEntry(DEVICE)
    }

    private fun wrapping(): SecretKey = store.getKey(WRAPPING, null) as SecretKey? ?: KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER).run {
        init(
            KeyGenParameterSpec.Builder(WRAPPING, KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT)
                .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
                .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE).build(),
        )
        generateKey()
    }

    private fun <T> guarded(work: () -> T): T = try {
        work()
    } catch (error: GeneralSecurityException) {
        throw HostException.Unavailable(error.toString())
    } catch (error: IOException) {
        throw HostException.Unavailable(error.toString())
    }

    private companion object {
        const val PROVIDER = "AndroidKeyStore"
        const val DEVICE = "truckroll.device"
        const val WRAPPING = "truckroll.store"
        const val WRAPPING_CIPHER = "AES/GCM/NoPadding"
        const val TAG_BITS = 128
        const val IV_BYTES = 12
    }
}
