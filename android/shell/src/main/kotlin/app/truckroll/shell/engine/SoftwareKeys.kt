package app.truckroll.shell.engine

import app.truckroll.core.HostException
import app.truckroll.core.KeyStore
import app.truckroll.core.Signer
import java.io.File
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.KeyFactory
import java.security.KeyPairGenerator
import java.security.PrivateKey
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import java.security.spec.PKCS8EncodedKeySpec
import java.security.spec.X509EncodedKeySpec

/** A public key of P-256 as the engine wants it: SEC 1, uncompressed, 65 bytes. */
fun sec1(key: ECPublicKey): ByteArray {
    fun fixed(number: java.math.BigInteger): ByteArray {
        val bytes = number.toByteArray()
        val kept = bytes.takeLast(COORDINATE_BYTES).toByteArray()
        return ByteArray(COORDINATE_BYTES - kept.size) + kept
    }
    return byteArrayOf(UNCOMPRESSED) + fixed(key.w.affineX) + fixed(key.w.affineY)
}

private const val COORDINATE_BYTES = 32
private const val UNCOMPRESSED: Byte = 4

/** Keys in files that only their owner reads: for a laptop without a key store, never for a phone. */
class SoftwareKeys(private val folder: File) : Signer, KeyStore {
    private val privateFile = File(folder, "device.pkcs8")
    private val publicFile = File(folder, "device.spki")
    private val storeFile = File(folder, "store.key")

    override fun publicKey(): ByteArray = guarded {
        if (!privateFile.exists()) {
            val pair = KeyPairGenerator.getInstance("EC").apply { initialize(ECGenParameterSpec("secp256r1")) }.generateKeyPair()
            write(publicFile, pair.public.encoded)
            write(privateFile, pair.private.encoded)
        }
        sec1(KeyFactory.getInstance("EC").generatePublic(X509EncodedKeySpec(publicFile.readBytes())) as ECPublicKey)
    }

    override fun sign(bytes: ByteArray): ByteArray = guarded {
        val key: PrivateKey = KeyFactory.getInstance("EC").generatePrivate(PKCS8EncodedKeySpec(privateFile.readBytes()))
        Signature.getInstance("SHA256withECDSA").run {
            initSign(key)
            update(bytes)
            sign()
        }
    }

    override fun load(): ByteArray? = guarded { if (storeFile.exists()) storeFile.readBytes() else null }

    override fun save(key: ByteArray) = guarded { write(storeFile, key) }

    override fun forget(): Unit = guarded { for (file in listOf(storeFile, privateFile, publicFile)) file.delete() }

    private fun write(file: File, bytes: ByteArray) {
        folder.mkdirs()
        val fresh = File(folder, "${file.name}.new")
        fresh.delete()
        check(fresh.createNewFile() && fresh.setReadable(false, false) && fresh.setReadable(true, true))
        fresh.writeBytes(bytes)
        if (!fresh.renameTo(file)) throw IOException("${file.name} can't be replaced")
    }

    private fun <T> guarded(work: () -> T): T = try {
        work()
    } catch (error: IOException) {
        throw HostException.Unavailable(error.toString())
    } catch (error: GeneralSecurityException) {
        throw HostException.Unavailable(error.toString())
    }
}
