// What starting Mosquitto needs besides a process: its configuration, its path, the tail of its log. Called by Broker
// only; no Asio, so that tests and other tools can use it alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace firstlight::fakes {

/// How a broker is made to accept a keep-alive of 0, which the edge sends since it keeps the devices' itself.
enum class NoKeepAlive {
  by_setting,  // `max_keepalive 0`: 2.0.13 and later refuse CONNECT otherwise
  by_default,  // 2.0.11 accepts it, and refuses that line
};

/// The configuration of a private broker on one Unix socket, which keeps its sessions in `store_folder` when it is
/// stopped properly (and only then: it never saves while it runs). `user` is the current user's name: a
/// broker that changes its user loses the parent-death signal. Empty: no such line (it matters for root only).
[[nodiscard]] std::string mosquitto_config(std::string_view socket_path, std::string_view user,
                                           std::string_view store_folder, NoKeepAlive how);
inline constexpr std::string_view kStoreFile = "mosquitto.db";

/// "" when the current user has no name.
[[nodiscard]] std::string current_user_name();

/// The first executable `mosquitto` in the colon-separated folders; empty `search_path`: PATH, then /usr/sbin and
/// /usr/local/sbin, which are often not in a user's PATH. Errors: broker-missing (detail: the folders).
[[nodiscard]] result<std::string> find_mosquitto(const std::string& search_path);

/// Checks that the path fits into a sockaddr_un (107 bytes). Errors: broker-failed (detail: path and length).
[[nodiscard]] result<void> check_socket_path(const std::string& path);

/// The last lines of a file, joined with " | ", shortened to fit an error's detail; "no log" when there are none.
[[nodiscard]] std::string last_lines(const std::string& path, std::size_t count);

}  // namespace firstlight::fakes
