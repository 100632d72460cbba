package app.truckroll

import android.app.Application
import android.content.Intent
import android.content.pm.ComponentInfo
import android.content.pm.PackageInfo
import android.content.pm.PackageManager
import android.content.res.XmlResourceParser
import androidx.test.core.app.ApplicationProvider
import androidx.test.ext.junit.runners.AndroidJUnit4
import app.truckroll.host.Push
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config
import org.xmlpull.v1.XmlPullParser
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** What other apps and backups get of this one. */
@RunWith(AndroidJUnit4::class)
@Config(application = Application::class)
class ClosedTest {
    private val context: Application = ApplicationProvider.getApplicationContext()

    private val declared: PackageInfo = context.packageManager.getPackageInfo(
        context.packageName,
        PackageManager.GET_ACTIVITIES or PackageManager.GET_SERVICES or PackageManager.GET_RECEIVERS or PackageManager.GET_PROVIDERS,
    )

    private val components: List<ComponentInfo>
        get() = listOfNotNull(declared.activities, declared.services, declared.receivers, declared.providers).flatMap { it.asList() }

    @Test fun `other apps reach the launcher's page and the receiver of pushes and nothing else of ours`() {
        val open = components.filter { it.exported && it.name.startsWith("app.truckroll.") }.map { it.name }
        assertEquals(setOf("app.truckroll.MainActivity", "app.truckroll.host.PushReceiver"), open.toSet())
        assertTrue("app.truckroll.host.SyncJob" in components.map { it.name })
    }

    @Test fun `a push that doesn't name the registration's token isn't heard`() {
        val push = Push(context)
        for (action in listOf(Push.MESSAGE, Push.NEW_ENDPOINT, Push.UNREGISTERED, Push.REGISTRATION_FAILED)) {
            assertNull(push.heard(Intent(action)))
            assertNull(push.heard(Intent(action).putExtra("token", "a guess").putExtra("endpoint", "https://push.example/1")))
        }
        assertNull(push.endpoint)
    }

    @Test fun `a backup and a new phone get the choice of a look and nothing else`() {
        for (rules in listOf(R.xml.backup_rules, R.xml.data_extraction_rules)) {
            val kept = elements(context.resources.getXml(rules)).filter { it.first in setOf("include", "exclude") }
            assertTrue(kept.isNotEmpty())
            for (element in kept) assertEquals("include" to mapOf("domain" to "sharedpref", "path" to "look.xml"), element)
        }
    }

    private fun elements(xml: XmlResourceParser): List<Pair<String, Map<String, String>>> = buildList {
        while (xml.next() != XmlPullParser.END_DOCUMENT) {
            if (xml.eventType == XmlPullParser.START_TAG) add(xml.name to (0..<xml.attributeCount).associate { xml.getAttributeName(it) to xml.getAttributeValue(it) })
        }
    }
}
