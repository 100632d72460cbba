// A stand-in for SwiftUI where there is none (Linux). It holds only the signatures that the app's views use, so that
// they compile there, and it turns a view into a tree that tests can read, walk and tap. It draws nothing, it proves
// nothing about Apple's own behaviour, and it is never part of the iOS build.
@_exported import Foundation
@_exported import Observation

/// One element of what a view builds: a text, a button, a container.
@MainActor public final class ViewNode {
    /// The SwiftUI type that made it, such as `Text` or `Button`.
    public let kind: String
    /// Its own text: a text's content, an image's symbol name, a field's prompt.
    public let text: String
    public internal(set) var children: [ViewNode]
    /// What modifiers said about it, by modifier name.
    public internal(set) var attributes: [String: String] = [:]
    /// The colours that its content is drawn with; nil where the view left them to the system.
    public internal(set) var foreground: Color?
    public internal(set) var background: Color?
    /// A field's text, a switch's value as text, or a picker's moment as ISO 8601.
    public internal(set) var binding: Binding<String>?
    var action: (@MainActor () -> Void)?
    var tasks: [@MainActor () async -> Void] = []
    var refresh: (@MainActor () async -> Void)?
    var drag: DragGesture?

    init(
        _ kind: String, _ text: String = "", _ children: [ViewNode] = [], action: (@MainActor () -> Void)? = nil
    ) {
        self.kind = kind
        self.text = text
        self.children = children
        self.action = action
        foreground = Rendering.environment.foreground
        background = Rendering.environment.background
        if !Rendering.environment.isEnabled { attributes["disabled"] = "true" }
    }

    /// This element and everything inside it, in the order that VoiceOver reads them.
    public var all: [ViewNode] { [self] + children.flatMap(\.all) }

    /// The texts inside, in order.
    public var texts: [String] { all.filter { $0.kind == "Text" }.map(\.text) }

    /// What VoiceOver says for this element: its label, or else the texts in it.
    public var spoken: String { attributes["accessibilityLabel"] ?? texts.joined(separator: ", ") }

    public var isEnabled: Bool { attributes["disabled"] != "true" }

    /// The smallest height that a modifier inside this element asks for, in points.
    public var minHeight: Double { all.compactMap { $0.attributes["minHeight"].flatMap(Double.init) }.max() ?? 0 }

    /// The button that shows or speaks `title`.
    public func button(_ title: String) -> ViewNode? {
        all.first { $0.kind == "Button" && ($0.texts.contains(title) || $0.spoken == title) }
    }

    /// The text field with the prompt or label `title`.
    public func field(_ title: String) -> ViewNode? {
        all.first { $0.kind == "TextField" && ($0.text == title || $0.attributes["accessibilityLabel"] == title) }
    }

    /// The switch or picker that is labelled `title`.
    public func control(_ title: String) -> ViewNode? {
        all.first { ["Toggle", "DatePicker"].contains($0.kind) && $0.spoken == title }
    }

    /// Does what a finger does. Returns false when the element can't be tapped.
    @discardableResult public func tap() -> Bool {
        guard isEnabled, let action else { return false }
        action()
        return true
    }

    /// Types into a field, sets a switch to `true` or `false`, or a picker to a moment.
    @discardableResult public func enter(_ value: String) -> Bool {
        guard isEnabled, let binding else { return false }
        binding.wrappedValue = value
        return true
    }

    /// Runs the `task` modifiers inside, one after the other.
    public func runTasks() async {
        for node in all { for task in node.tasks { await task() } }
    }

    /// Pulls to refresh, wherever this tree offers it.
    public func pullToRefresh() async {
        for node in all { await node.refresh?() }
    }
}
