package app.truckroll.shell

import java.io.ByteArrayOutputStream
import java.io.DataOutputStream
import java.util.zip.CRC32
import java.util.zip.Deflater
import kotlin.math.ceil
import kotlin.math.hypot
import kotlin.math.roundToInt

/** A signature while it is written: strokes of points, each a share of the box. Turned into a picture without any platform. */
class Signature(val strokes: List<List<Point>> = emptyList()) {
    /** A share of the box's width and height, 0 to 1. */
    data class Point(val x: Float, val y: Float)

    val isEmpty: Boolean get() = strokes.none { it.size > 1 }

    /** The pen comes down. */
    fun begin(at: Point) = Signature(strokes + listOf(listOf(at)))

    /** The pen moves. */
    fun extend(to: Point) = Signature(strokes.dropLast(1) + listOf(strokes.lastOrNull().orEmpty() + to))

    /** The signature as PNG, black on white. */
    fun png(): ByteArray {
        val rows = Array(HEIGHT) { ByteArray(WIDTH + 1) { column -> if (column == 0) 0 else WHITE } }
        for (stroke in strokes) for ((from, to) in stroke.zipWithNext()) line(rows, from, to)
        val out = ByteArrayOutputStream()
        out.write(SIGNATURE)
        out.chunk("IHDR") {
            writeInt(WIDTH)
            writeInt(HEIGHT)
            // 8 bits of grey, deflated, no filter, not interlaced.
            write(byteArrayOf(8, 0, 0, 0, 0))
        }
        out.chunk("IDAT") { write(deflated(rows)) }
        out.chunk("IEND") {}
        return out.toByteArray()
    }

    private fun line(rows: Array<ByteArray>, from: Point, to: Point) {
        val length = hypot((to.x - from.x) * WIDTH, (to.y - from.y) * HEIGHT)
        val steps = ceil(length).toInt().coerceAtLeast(1)
        for (step in 0..steps) {
            val share = step.toFloat() / steps
            dot(rows, (from.x + (to.x - from.x) * share) * WIDTH, (from.y + (to.y - from.y) * share) * HEIGHT)
        }
    }

    private fun dot(rows: Array<ByteArray>, x: Float, y: Float) {
        for (row in (y - PEN).roundToInt()..(y + PEN).roundToInt()) for (column in (x - PEN).roundToInt()..(x + PEN).roundToInt()) {
            if (row in 0 until HEIGHT && column in 0 until WIDTH && hypot(column - x, row - y) <= PEN) rows[row][column + 1] = BLACK
        }
    }

    private fun deflated(rows: Array<ByteArray>): ByteArray {
        val deflater = Deflater()
        deflater.setInput(ByteArray(rows.sumOf { it.size }).also { all -> rows.forEachIndexed { index, row -> row.copyInto(all, index * row.size) } })
        deflater.finish()
        val out = ByteArrayOutputStream()
        val buffer = ByteArray(8192)
        while (!deflater.finished()) out.write(buffer, 0, deflater.deflate(buffer))
        deflater.end()
        return out.toByteArray()
    }

    private fun ByteArrayOutputStream.chunk(type: String, content: DataOutputStream.() -> Unit) {
        val body = ByteArrayOutputStream()
        DataOutputStream(body).apply { writeBytes(type) }.content()
        val bytes = body.toByteArray()
        val crc = CRC32().apply { update(bytes) }
        DataOutputStream(this).apply {
            writeInt(bytes.size - type.length)
            write(bytes)
            writeInt(crc.value.toInt())
        }
    }

    private companion object {
        const val WIDTH = 800
        const val HEIGHT = 400
        /** Half the pen's width, pixels. */
        const val PEN = 2.5f
        const val WHITE: Byte = -1
        const val BLACK: Byte = 0
        val SIGNATURE = byteArrayOf(0x89.toByte(), 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A)
    }
}
