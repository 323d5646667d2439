// How the structs of journal/event.hpp become the variant Payload with no second list: FIRSTLIGHT_EVENT notes each
// under its line, and EventsAbove collects the lines in order; and what an event may say of itself besides its fields.
// Included by journal/event.hpp alone.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>

namespace firstlight::journal {

/// The only texts that a field ever has: `static constexpr FieldWords kWords[]` in an event. (An event that concerns
/// the broker or the run, and never one camera, has `static constexpr bool kConcernsNoCamera = true`.)
struct FieldWords {
  std::string_view field;
  std::array<std::string_view, 6> words;  // the last ones may be empty
};

/// The event that was noted on this line of journal/event.hpp; most lines have none.
template <int Line>
struct EventOnLine {};

/// Stands below the event's struct.
#define FIRSTLIGHT_EVENT(Type)   \
  template <>                    \
  struct EventOnLine<__LINE__> { \
    using type = Type;           \
  };

template <int Line>
concept HasEvent = requires {
  typename EventOnLine<Line>::type;
};

template <int... Line>
constexpr std::array<bool, sizeof...(Line)> lines_with_events(std::integer_sequence<int, Line...>) {
  return {HasEvent<Line>...};
}
template <std::size_t Lines>
constexpr std::size_t count_events(const std::array<bool, Lines>& has_event) {
  std::size_t count = 0;
  for (const bool has : has_event) count += has ? 1 : 0;
  return count;
}
template <std::size_t Lines>
constexpr int line_of_event(const std::array<bool, Lines>& has_event, std::size_t nth) {
  for (std::size_t line = 0; line < Lines; ++line)
    if (has_event[line] && nth-- == 0) return static_cast<int>(line);
  return -1;
}

/// The variant of all events above `Line`, in the order of the file. Named once, at the file's end.
template <int Line>
struct EventsAbove {
  static constexpr auto kHasEvent = lines_with_events(std::make_integer_sequence<int, Line>{});
  template <std::size_t... I>
  static std::variant<typename EventOnLine<line_of_event(kHasEvent, I)>::type...> collect(std::index_sequence<I...>);
  using Variant = decltype(collect(std::make_index_sequence<count_events(kHasEvent)>{}));
};

}  // namespace firstlight::journal
