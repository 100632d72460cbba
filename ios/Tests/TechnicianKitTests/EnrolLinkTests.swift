import TechnicianKit
import Testing

@Suite struct EnrolLinkTests {
    @Test func theOfficesLinkFillsTheFormIn() {
        let link = EnrolLink("truckroll://enrol?server=https%3A%2F%2Foffice.example%3A8460&code=K7QP-22MX")
        #expect(link?.server == "https://office.example:8460")
        #expect(link?.code == "K7QP-22MX")
        #expect(EnrolLink(" truckroll://enrol?code=K7QP-22MX ")?.server == "")
    }

    @Test(arguments: [
        "", "https://enrol?code=A", "truckroll://visit?code=A", "truckroll://enrol", "truckroll://enrol?server=x",
    ]) func otherLinksEnrolNobody(text: String) {
        #expect(EnrolLink(text) == nil)
    }
}
