package app.truckroll.testing

import java.io.File
import java.net.HttpURLConnection
import java.net.URI
import java.nio.file.Files
import java.time.LocalDate
import java.time.ZoneId
import java.util.concurrent.TimeUnit

/**
 * The office: the real server in a process of its own, on a fresh data folder, driven by the dispatcher's command line.
 *
 * The program is `TRUCKROLL_BIN`, else the debug build beside the engine's library.
 */
class Office private constructor(private val folder: File) : AutoCloseable {
    /** The company's own zone, which is the sites' too. */
    val zone: ZoneId = ZoneId.of("America/Kentucky/Louisville")

    private var process: Process = serve("127.0.0.1:0")
    private var token = ""

    /** Where phones find it. */
    var url: String = firstLine()
        private set

    init {
        token = quoted(File(folder, "serve.out"), "owner_token")
        write("technicians.csv", TECHNICIANS)
    }

    /** Puts technicians T01 and T02 and these jobs in, all today. */
    fun import(vararg jobs: Job) {
        val day = LocalDate.now(zone)
        val file = write("jobs.csv", (listOf(Job.HEADER) + jobs.map { it.row(day) }).joinToString("\n"))
        val report = run("import", "--json", File(folder, "technicians.csv").path, file.path)
        check("\"refused\":[]" in report) { report }
    }

    /** Puts a job in, gives it to a technician and sends it out. */
    fun send(job: Job, technician: String = "T01") {
        import(job)
        office("assign", job.number, technician)
        office("dispatch", job.number)
    }

    /** A code to enrol one phone with. */
    fun code(technician: String = "T01"): String = value(office("enrol", technician), "code")

    /** A dispatcher's command; its JSON. */
    fun office(vararg command: String): String = run("--json", "office", *command)

    /** A visit as the office has it, whole, as JSON. */
    fun packet(number: String): String = office("packet", number)

    /** Waits until the office's packet holds a text. */
    fun waitFor(number: String, text: String, withinMs: Long = 60_000) {
        val until = System.nanoTime() + withinMs * 1_000_000
        while (text !in packet(number)) {
            check(System.nanoTime() < until) { "the office never had \"$text\": ${packet(number)}" }
            Thread.sleep(200)
        }
    }

    /** Asks phones on the way for their position every so many seconds, or no more. */
    fun askForPositions(everyS: Int?) {
        val settings = write("settings.json", office("settings").replace(Regex(""","travel_position_s":[^,}]*"""), "").trim().removeSuffix("}") + ""","travel_position_s":$everyS}""")
        office("settings", "--set", settings.path)
    }

    /** Where the board has those who travel, as JSON. */
    fun positions(): String {
        val connection = URI("$url/v1/board/positions").toURL().openConnection() as HttpURLConnection
        connection.setRequestProperty("Authorization", "Bearer $token")
        return connection.inputStream.bufferedReader().use { it.readText() }
    }

    /** The dispatchers' stream, as their page reads it, from now on. Close it. */
    fun stream(): Stream = Stream(URI("$url/v1/board/stream").toURL().openConnection() as HttpURLConnection, token)

    /** Pulls the plug. Data stays. */
    fun stop() {
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS)
    }

    /** Back on the same address. */
    fun start() {
        process = serve(url.removePrefix("http://"))
        firstLine()
    }

    override fun close() {
        stop()
        folder.deleteRecursively()
    }

    private fun serve(listen: String): Process =
        // A test's push server stands on this machine.
        ProcessBuilder(BIN, "--json", "serve", "--data", File(folder, "data").path, "--listen", listen, "--push-to-private-networks")
            .redirectOutput(File(folder, "serve.out")).redirectError(File(folder, "serve.err")).start()

    private fun firstLine(): String {
        val out = File(folder, "serve.out")
        val until = System.nanoTime() + START_WITHIN_NS
        while (true) {
            val lines = if (out.exists()) out.readText() else ""
            val listening = lines.lineSequence().firstOrNull { it.startsWith("listening on ") && lines.contains('\n') }
            if (listening != null && (token.isNotEmpty() || "owner_token" in lines)) return listening.removePrefix("listening on ").trim()
            check(process.isAlive && System.nanoTime() < until) { "the server doesn't start: ${File(folder, "serve.err").readText()}" }
            Thread.sleep(20)
        }
    }

    private fun run(vararg command: String): String {
        val builder = ProcessBuilder(BIN, *command)
        builder.environment()["TRUCKROLL_SERVER"] = url
        builder.environment()["TRUCKROLL_TOKEN"] = token
        val errors = File(folder, "command.err")
        val child = builder.redirectError(errors).start()
        val out = child.inputStream.bufferedReader().readText()
        check(child.waitFor(60, TimeUnit.SECONDS) && child.exitValue() == 0) { "${command.toList()}: ${errors.readText()}" }
        return out
    }

    private fun write(name: String, text: String) = File(folder, name).apply { writeText(text + "\n") }

    companion object {
        private val BIN: String = System.getenv("TRUCKROLL_BIN") ?: System.getProperty("truckroll.bin")
        private const val START_WITHIN_NS = 60_000_000_000

        private val TECHNICIANS = """
            technician_id,name,phone,skills,certifications,home_lat,home_lon,shift_start,shift_end,vehicle
            T01,Ada Zhou,+1 555 0100 2103,hvac;gas,gas-fitter:2037-12-31,38.09,-85.88,00:00,23:59,van-01
            T02,Ana Silva,+1 555 0100 2104,hvac;gas,gas-fitter:2037-12-31,38.09,-85.88,00:00,23:59,van-02
        """.trimIndent()

        /** Starts one. Close it: it is a process. */
        fun open(): Office = Office(Files.createTempDirectory("office").toFile())

        private fun quoted(file: File, key: String) = value(file.readText(), key)

        /** A text value of a flat JSON object. */
        fun value(json: String, key: String): String =
            requireNotNull(Regex("\"$key\":\"([^\"]*)\"").find(json)) { "no $key in $json" }.groupValues[1]
    }
}

/** A job that any technician of [Office] can do: routine, everything said, nothing that blocks. */
data class Job(
    val number: String = "WO-7001",
    val customer: String = "Dan Lopez",
    val issue: String = "No heat since last night",
    val gateCode: String = "#4407",
    val lat: Double = 38.2857023,
    val lon: Double = -85.5023064,
    val jobType: String = "repair",
) {
    internal fun row(day: LocalDate): String = listOf(
        number, "$day", "same_day", jobType, "hvac", customer, "+1 555 828 1417", "customer@example.com", "3408 Bellisima Place",
        "Louisville", "KY", "40245", "$lat", "$lon", "America/Kentucky/Louisville", gateCode, "Basement entrance behind the house",
        "gas furnace", issue, "Diagnose no-heat and restore heat today", "180.00", "approved", "89.00", "08:00", "20:00", "window",
        "until 20:00", "gold", "2037-03-31", "No charge if the part fails again", "1", "Call first", "",
        "flame sensor:on_truck", "hvac", "", "90",
    ).joinToString(",")

    internal companion object {
        const val HEADER = "job_number,date,call_type,job_type,trade,customer_name,phone,email,address,city,state,postal_code,lat,lon," +
            "time_zone,gate_code,access_notes,equipment,issue,scope,quoted_amount,quote_state,dispatch_fee,window_start,window_end," +
            "promise_type,customer_availability,membership,warranty_until,promises_made,decision_makers,special_instructions," +
            "escalation_flags,parts,skills_required,certification_required,estimated_minutes"
    }
}
