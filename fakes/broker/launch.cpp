#include "fakes/broker/launch.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <deque>
#include <fstream>

namespace firstlight::fakes {

std::string mosquitto_config(std::string_view socket_path, std::string_view user, std::string_view store_folder,
                             NoKeepAlive how) {
  std::string text = "# Written by firstlight for one run.\n";
  if (!user.empty()) text += fmt::format("user {}\n", user);
  text +=
      "per_listener_settings false\n"
      "allow_anonymous true\n"
      "persistence true\n"
      "autosave_interval 0\n"
      "sys_interval 0\n"
      "set_tcp_nodelay true\n"
      "max_inflight_messages 100\n"
      "max_queued_messages 1000\n"
      // AWS keeps a persistent session for an hour.
      "persistent_client_expiration 1h\n"
      "log_dest stderr\n"
      "log_type error\n"
      "log_type warning\n"
      "log_type notice\n"
      "connection_messages false\n";
  if (how == NoKeepAlive::by_setting) text += "max_keepalive 0\n";
  text += fmt::format("persistence_location {}/\npersistence_file {}\n", store_folder, kStoreFile);
  text += fmt::format("listener 0 {}\n", socket_path);
  text +=
      "max_connections -1\n"
      "max_qos 1\n";
  return text;
}

std::string current_user_name() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return {};
  return found->pw_name;
}

result<std::string> find_mosquitto(const std::string& search_path) {
  std::string folders = search_path;
  if (folders.empty()) {
    const char* path = std::getenv("PATH");
    folders = fmt::format("{}:/usr/sbin:/usr/local/sbin", path != nullptr ? path : "");
  }
  for (std::size_t from = 0; from <= folders.size();) {
    const auto to = std::min(folders.find(':', from), folders.size());
    const auto candidate = folders.substr(from, to - from) + "/mosquitto";
    from = to + 1;
    struct stat info {};
    if (candidate.front() != '/' || ::stat(candidate.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return Error(Errc::broker_missing, "no executable mosquitto in " + folders);
}

result<void> check_socket_path(const std::string& path) {
  constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;
  if (path.size() <= kLongest) return {};
  return Error(Errc::broker_failed,
               fmt::format("the socket's path has {} bytes, {} are possible: {}", path.size(), kLongest, path));
}

std::string last_lines(const std::string& path, std::size_t count) {
  std::ifstream in(path);
  std::deque<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    lines.push_back(line.substr(0, 200));
    if (lines.size() > count) lines.pop_front();
  }
  if (lines.empty()) return "no log";
  return fmt::format("{}", fmt::join(lines, " | "));
}

}  // namespace firstlight::fakes
