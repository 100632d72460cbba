package app.truckroll.shell

import org.junit.Test
import javax.imageio.ImageIO
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class SignatureTest {
    private fun point(x: Float, y: Float) = Signature.Point(x, y)

    @Test fun `a stroke becomes a picture that others read`() {
        val signature = Signature().begin(point(0.1f, 0.5f)).extend(point(0.9f, 0.5f)).begin(point(0.5f, 0f)).extend(point(0.5f, 1f))
        val picture = ImageIO.read(signature.png().inputStream())
        assertEquals(800 to 400, picture.width to picture.height)
        assertEquals(0, picture.getRGB(400, 200) and 0xFF)
        assertEquals(0, picture.getRGB(200, 200) and 0xFF)
        assertEquals(0xFF, picture.getRGB(200, 100) and 0xFF)
        assertEquals(0, picture.getRGB(400, 399) and 0xFF, "the pen may touch the edge")
    }

    @Test fun `a tap is no signature`() {
        assertTrue(Signature().isEmpty)
        assertTrue(Signature().begin(point(0.5f, 0.5f)).isEmpty)
        assertFalse(Signature().begin(point(0.5f, 0.5f)).extend(point(0.6f, 0.5f)).isEmpty)
    }
}
