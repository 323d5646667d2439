// Precompiled for every room: what nearly all of them include, and what takes longest to parse. Nothing may rely on it:
// clang 14, which builds the fuzz targets, cannot compile Asio's coroutines.
#pragma once

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <array>
#include <boost/system/result.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#ifdef __cpp_impl_coroutine
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#endif
