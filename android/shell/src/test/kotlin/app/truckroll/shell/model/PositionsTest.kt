package app.truckroll.shell.model

import app.truckroll.core.Fix
import app.truckroll.core.Language
import app.truckroll.core.Status
import app.truckroll.engine.systemNow
import app.truckroll.shell.Engine
import app.truckroll.shell.PreferenceStore
import app.truckroll.shell.Preferences
import app.truckroll.shell.Route
import app.truckroll.shell.content
import app.truckroll.shell.engine.openFolder
import app.truckroll.shell.port.Look
import app.truckroll.shell.port.Panel
import app.truckroll.shell.port.Position
import app.truckroll.testing.Job
import app.truckroll.testing.Office
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.After
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.rules.Timeout
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

/** Positions on the way, on the real engine, against a real server process. */
class PositionsTest {
    @get:Rule val folder = TemporaryFolder()
    @get:Rule val limit: Timeout = Timeout.seconds(120)

    private lateinit var office: Office
    private lateinit var model: AppModel
    private val panel = Panel()
    private val inFront = MutableStateFlow(true)

    private val noStore = object : PreferenceStore {
        override fun read(key: String): String? = null
        override fun write(key: String, value: String) = Unit
    }

    /** The engine, in such a hurry that a minute goes by in a tenth of a second. What it takes in it decides as ever. */
    private class Hurried(private val real: Engine) : Engine by real {
        override suspend fun positionEveryMs() = real.positionEveryMs()?.div(600)
    }

    @Before fun open() {
        office = Office.open()
        office.send(Job())
        val now = systemNow()
        panel.position.value = Position.Found(Fix(Job().lat, Job().lon, 8.0, 0, now.monoMs, now.wallMs, "gps", false))
    }

    @After fun close() {
        runBlocking { model.close() }
        office.close()
    }

    private suspend fun enrol(pace: (Engine) -> Engine = ::Hurried) {
        val engine = pace(openFolder(folder.root, "android", "test", Language.EN, panel.network.value))
        model = AppModel(engine, panel.ports, Preferences(noStore), CoroutineScope(Dispatchers.Default), "Test phone", inFront = inFront)
        model.enrol.enrol(office.url, office.code())?.join()
        until("the visit") { model.today.shown.value.content?.sections?.isNotEmpty() == true }
        until("the day") { model.navigator.stack.value == listOf<Route>(Route.Today) }
        model.navigator.open(Route.Visit(visitId))
    }

    private val visitId get() = assertNotNull(model.today.shown.value.content).sections.flatMap { it.visits }.single().visit

    private suspend fun until(what: String, isSo: () -> Boolean) =
        assertNotNull(withTimeoutOrNull(60_000) { while (!isSo()) delay(10) }, "$what never came")

    private suspend fun step(to: Status) {
        val visit = model.visit(visitId)
        val shown = visit.shown.first { it.content?.actions?.any { action -> action.to == to } == true }
        visit.step(shown.content!!.actions.first { it.to == to })
        until("$to") { visit.shown.value.content?.status == to }
    }

    private val isSaid get() = model.today.shown.value.content?.notices.orEmpty().any { it.key == "position_told" }

    /** Ten times as long as the hurried engine wants to wait between two looks. */
    private suspend fun nobodyLooks(why: String) {
        delay(200)
        val before = panel.looks.size
        delay(1_000)
        assertEquals(before, panel.looks.size, why)
    }

    @Test fun `on the way the board shows about where he is and from the arrival on nobody looks any more`() = runBlocking {
        office.askForPositions(60)
        enrol()
        nobodyLooks("he isn't on the way")
        assertEquals(emptyList<Look>(), panel.looks)

        step(Status.TRAVELING)
        until("the indicator") { isSaid }
        until("the third look") { panel.looks.size >= 3 }
        assertEquals(setOf(Look.ROUGH), panel.looks.toSet())
        until("the position on the board") { """"lat":38.286,"lon":-85.502""" in office.positions() }

        step(Status.ON_SITE)
        until("the indicator's end") { !isSaid }
        nobodyLooks("he has arrived")
        assertEquals(1, panel.looks.count { it == Look.EXACT }, "the check-in's own")
        until("nobody on the board") { "lat" !in office.positions() }
    }

    @Test fun `nobody looks behind other apps, or before the company asks`() = runBlocking {
        enrol()
        step(Status.TRAVELING)
        nobodyLooks("the company doesn't ask")
        assertTrue(panel.looks.isEmpty() && !isSaid)

        office.askForPositions(60)
        model.sync.syncNow()?.join()
        until("a look") { panel.looks.isNotEmpty() }
        assertTrue(isSaid)
        inFront.value = false
        nobodyLooks("another app is in front")
        val before = panel.looks.size
        inFront.value = true
        until("a look again") { panel.looks.size > before }

        office.askForPositions(null)
        model.sync.syncNow()?.join()
        until("the indicator's end") { !isSaid }
        nobodyLooks("the company asks no more")
    }

    @Test fun `going away and coming back is no reason to look sooner, and neither is finding nothing`() = runBlocking {
        office.askForPositions(60)
        enrol { it }
        panel.position.value = Position.Denied
        step(Status.TRAVELING)
        until("the first look") { panel.looks.isNotEmpty() }
        repeat(5) {
            for (front in listOf(false, true)) {
                inFront.value = front
                delay(100)
            }
        }
        assertEquals(listOf(Look.ROUGH), panel.looks.toList())
    }
}
