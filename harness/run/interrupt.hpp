// Ctrl-C and SIGTERM as something that can be waited for. The first one asks for a clean end, the second ends the
// process at once (what is left behind is cleaned up by the workspace's janitor and the broker's death signal).
#pragma once

#include <chrono>

namespace firstlight::harness {

class Interrupt {
 public:
  /// Installs the handlers for the rest of the process's life. Call once, from main's thread.
  static void install();
  [[nodiscard]] static bool raised();
  /// The signal's name ("SIGINT"), empty before it came.
  [[nodiscard]] static const char* name();
  /// The signal's number, 0 before it came.
  [[nodiscard]] static int number();
  /// Becomes readable when it comes and stays so, for poll().
  [[nodiscard]] static int descriptor();
  /// Sleeps until a signal comes or the time has passed; whether one has come.
  static bool wait_for(std::chrono::milliseconds limit);
};

}  // namespace firstlight::harness
