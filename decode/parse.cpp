#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "decode/node.hpp"

namespace firstlight::decode {

namespace {

/// Ends the parse from within the event handler.
struct Stop {
  DecodeError error;
};

/// Builds the tree from yaml-cpp's events.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(Document& document, std::string_view text) : document_(document), text_(text) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) stop_at_second_document(offset_of(mark));
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node& node = start(Node::Kind::null, offset_of(mark), anchor);
    const auto c = node.offset < text_.size() ? text_[node.offset] : '\0';
    if (c != '~' && c != 'n' && c != 'N') node.offset = before(node.offset);
    finish(node);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end() || !found->second->complete)
      throw Stop{{offset_of(mark), "an alias inside of what it stands for", {}}};
    attach(*found->second, offset_of(mark));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(tag, mark);
    Node& node = start(Node::Kind::scalar, offset_of(mark), anchor);
    node.text = value;
    node.plain = tag == "?";
    if (!node.plain) check_quotes(node.offset);
    finish(node);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_tag(tag, mark);
    open_.push_back(&start(Node::Kind::sequence, offset_of(mark), anchor));
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_tag(tag, mark);
    open_.push_back(&start(Node::Kind::map, offset_of(mark), anchor));
    keys_.push_back(nullptr);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override {
    keys_.pop_back();
    close();
  }

  /// The innermost list or map that is written with brackets and still open; npos without one.
  [[nodiscard]] std::size_t open_bracket() const {
    for (auto node = open_.rbegin(); node != open_.rend(); ++node) {
      const auto offset = (*node)->offset;
      if (offset < text_.size() && (text_[offset] == '[' || text_[offset] == '{')) return offset;
    }
    return std::string_view::npos;
  }

 private:
  [[nodiscard]] std::size_t offset_of(const YAML::Mark& mark) const {
    return mark.pos < 0 ? text_.size() : std::min(static_cast<std::size_t>(mark.pos), text_.size());
  }
  /// An absent value is reported at what announces it, not at the token that came instead.
  [[nodiscard]] std::size_t before(std::size_t offset) const {
    if (!open_.empty() && open_.back()->kind == Node::Kind::map && keys_.back()) return keys_.back()->offset;
    while (offset > 0 &&
           (offset >= text_.size() || std::string_view(" \t\r\n").find(text_[offset - 1]) != std::string_view::npos))
      --offset;
    return offset > 0 ? offset - 1 : 0;
  }
  void stop_at_second_document(std::size_t offset) const {
    if (text_.substr(offset, 3) == "---") throw Stop{{offset, "a second document; a file holds one scenario", {}}};
    throw Stop{{offset, "this is no part of what stands above", "check the indentation and the brackets"}};
  }
  void check_tag(const std::string& tag, const YAML::Mark& mark) const {
    if (!tag.empty() && tag != "?" && tag != "!")
      throw Stop{{offset_of(mark), "tags (\"!...\") are not part of the language", {}}};
  }
  /// yaml-cpp accepts a quoted text that the end of the file closes.
  void check_quotes(std::size_t offset) const {
    const char quote = offset < text_.size() ? text_[offset] : '\0';
    if (quote != '"' && quote != '\'') return;
    for (auto i = offset + 1; i < text_.size(); ++i) {
      if (quote == '"' && text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        if (quote == '"' || i + 1 >= text_.size() || text_[i + 1] != '\'') return;
        ++i;
      }
    }
    throw Stop{{offset, "this quote is never closed", {}}};
  }

  Node& start(Node::Kind kind, std::size_t offset, YAML::anchor_t anchor) {
    if (document_.nodes.size() >= kMaxNodes)
      throw Stop{{offset, fmt::format("a scenario holds at most {} values", kMaxNodes), {}}};
    if (open_.size() >= kMaxDepth) throw Stop{{offset, fmt::format("nested more than {} levels deep", kMaxDepth), {}}};
    Node& node = document_.nodes.emplace_back();
    node.kind = kind;
    node.offset = offset;
    if (anchor != YAML::NullAnchor) anchors_[anchor] = &node;
    return node;
  }
  void finish(Node& node) {
    node.complete = true;
    attach(node, node.offset);
  }
  void close() {
    Node& node = *open_.back();
    open_.pop_back();
    finish(node);
  }
  void attach(Node& node, std::size_t offset) {
    if (open_.empty()) {
      document_.root = &node;
      return;
    }
    Node& parent = *open_.back();
    parent.expanded += node.expanded;
    if (parent.expanded > kMaxNodes)
      throw Stop{{offset, fmt::format("aliases make this more than {} values", kMaxNodes), {}}};
    if (parent.kind == Node::Kind::sequence) {
      parent.items.push_back(&node);
    } else if (!keys_.back()) {
      if (node.kind != Node::Kind::scalar) throw Stop{{offset, "a key is a plain word", {}}};
      keys_.back() = &node;
    } else {
      if (!node.key) node.key = keys_.back();
      parent.entries.emplace_back(keys_.back(), &node);
      keys_.back() = nullptr;
    }
  }

  Document& document_;
  std::string_view text_;
  int documents_ = 0;
  std::vector<Node*> open_;
  std::vector<const Node*> keys_;  // one for each open map: the key whose value is due
  std::map<YAML::anchor_t, Node*> anchors_;
};

struct Translation {
  std::string_view theirs;
  std::string_view message;
  std::string_view hint;
};
constexpr std::string_view kIndentation = "check the indentation of this line and of the one above";
constexpr Translation kTranslations[] = {
    {"illegal map value", "\":\" is not expected here", "check the indentation, and quote a text that contains \": \""},
    {"illegal map key", "a key is not expected here", kIndentation},
    {"illegal block entry", "\"-\" is not expected here", kIndentation},
    {"end of map not found", "this does not fit the map that it stands in", kIndentation},
    {"end of sequence not found", "this does not fit the list that it stands in", kIndentation},
    {"end of sequence flow not found", "\",\" or \"]\" is expected here", {}},
    {"end of map flow not found", "\",\" or \"}\" is expected here", {}},
    {"illegal flow end", "this bracket closes nothing", {}},
    {"the referenced anchor is not defined", "no anchor of this name stands above", {}},
    {"illegal EOF in scalar", "a quote is never closed", {}},
    {"unknown token", "a value cannot start with this character", "write the text in quotes"},
    {"bad file", "nested too deeply", {}},
};

/// Where the quote that the file never closes is likely to be: the first line with an odd number of double quotes (or
/// of single ones), its last quote.
std::size_t unclosed_quote(const SourceText& source) {
  for (const char quote : {'"', '\''}) {
    for (std::size_t n = 1; n <= source.lines(); ++n) {
      const auto line = source.line(n);
      if (std::count(line.begin(), line.end(), quote) % 2 == 1) return source.line_start(n) + line.rfind(quote);
    }
  }
  return source.text().size();
}

DecodeError translate(const YAML::Exception& e, const SourceText& source, const TreeBuilder& tree) {
  const auto end = source.text().find_last_not_of(" \t\r\n") + 1;
  const auto pos = e.mark.pos < 0 ? source.text().size() : static_cast<std::size_t>(e.mark.pos);
  if (e.msg == "illegal EOF in scalar") return {unclosed_quote(source), "this quote is never closed", {}};
  if (e.msg.find("flow not found") != std::string::npos) {
    const auto bracket = tree.open_bracket();
    // A key on a later line: what it belongs to was not meant to be within the brackets.
    const bool key_below = bracket != std::string_view::npos && pos < end && source.text()[pos] == ':' &&
                           source.position(pos).line > source.position(bracket).line;
    if (bracket != std::string_view::npos && (pos >= end || pos <= bracket || key_below))
      return {bracket, "this bracket is never closed", {}};
  }
  for (const auto& t : kTranslations)
    if (e.msg == t.theirs) return {pos, std::string(t.message), std::string(t.hint)};
  return {pos, "not YAML: " + e.msg, {}};
}

void check_characters(const SourceText& source, std::vector<DecodeError>& errors) {
  const auto text = source.text();
  for (std::size_t i = 0; i < text.size();) {
    const auto c = decode_utf8(text, i);
    if (!c.valid) {
      errors.push_back({i, fmt::format("the byte 0x{:02x} is not UTF-8", static_cast<unsigned>(c.code)), {}});
      return;
    }
    const bool lone_return = c.code == '\r' && (i + 1 >= text.size() || text[i + 1] != '\n');
    if (is_forbidden_control(c.code) || lone_return || c.code == 0xfeff) {
      errors.push_back(
          {i, fmt::format("the control character U+{:04X} is not allowed", static_cast<unsigned>(c.code)), {}});
      return;
    }
    i += c.bytes;
  }
}

void check_tabs(const SourceText& source, std::vector<DecodeError>& errors) {
  for (std::size_t n = 1; n <= source.lines(); ++n) {
    const auto line = source.line(n);
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || line[first] == '#') continue;
    const auto tab = line.substr(0, first).find('\t');
    if (tab != std::string_view::npos)
      errors.push_back({source.line_start(n) + tab, "a tab cannot indent", "use two spaces"});
  }
}

/// yaml-cpp reads brackets ahead of the parse, so what opens without end is refused before it costs memory. Brackets in
/// texts count as well; nobody writes so many.
void check_brackets(const SourceText& source, std::vector<DecodeError>& errors) {
  constexpr std::size_t kMostOpen = 4 * kMaxDepth;
  std::size_t open = 0;
  for (std::size_t i = 0; i < source.text().size(); ++i) {
    const char c = source.text()[i];
    if ((c == ']' || c == '}') && open > 0) --open;
    if ((c == '[' || c == '{') && ++open > kMostOpen) {
      errors.push_back({i, fmt::format("nested more than {} levels deep", kMaxDepth), {}});
      return;
    }
  }
}

}  // namespace

Document parse_document(const SourceText& source) {
  Document document;
  check_characters(source, document.errors);
  if (!document.errors.empty()) return document;
  check_tabs(source, document.errors);
  check_brackets(source, document.errors);
  if (!document.errors.empty()) return document;

  TreeBuilder tree(document, source.text());
  try {
    std::istringstream in{std::string(source.text())};
    YAML::Parser parser(in);
    // A third call is never due: the second document's start ends the parse.
    if (parser.HandleNextDocument(tree)) parser.HandleNextDocument(tree);
  } catch (const Stop& stop) {
    document.errors.push_back(stop.error);
  } catch (const YAML::Exception& e) {
    document.errors.push_back(translate(e, source, tree));
  } catch (const std::exception& e) {
    document.errors.push_back({0, std::string("not YAML: ") + e.what(), {}});
  }
  if (!document.errors.empty()) document.root = nullptr;
  return document;
}

}  // namespace firstlight::decode
