// Precompiled for every test program: the rooms' header and GoogleTest.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cmake/pch.hpp"
