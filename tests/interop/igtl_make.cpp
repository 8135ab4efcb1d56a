/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "igtl_make.h"

#include <cstring>

#include <igtlImageMessage.h>
#include <igtlStatusMessage.h>
#include <igtlStringMessage.h>
#include <igtlTimeStamp.h>
#include <igtlTransformMessage.h>

namespace
{
size_t pack(const made *made, igtl::MessageBase *message)
{
    igtl::TimeStamp::Pointer stamp = igtl::TimeStamp::New();
    /* In two parts: SetTimeInNanoseconds takes 1795936433.999999999 s for the next second. */
    stamp->SetTime(static_cast<igtlUint32>(made->wall_ns / 1000000000),
                   static_cast<igtlUint32>(made->wall_ns % 1000000000));
    message->SetTimeStamp(stamp);
    message->SetDeviceName(made->device);
    message->Pack();
    const size_t len = static_cast<size_t>(message->GetPackSize());
    if (len > made->room)
        return 0;
    std::memcpy(made->out, message->GetPackPointer(), len);
    return len;
}
} // namespace

size_t made_transform(const struct made *made, const float rows[12])
{
    igtl::TransformMessage::Pointer message = igtl::TransformMessage::New();
    igtl::Matrix4x4 matrix;
    igtl::IdentityMatrix(matrix);
    std::memcpy(matrix, rows, 12 * sizeof *rows);
    message->SetMatrix(matrix);
    return pack(made, message);
}

size_t made_status(const struct made *made, int code, const char *text)
{
    igtl::StatusMessage::Pointer message = igtl::StatusMessage::New();
    message->SetCode(code);
    message->SetSubCode(0);
    message->SetErrorName("");
    message->SetStatusString(text);
    return pack(made, message);
}

size_t made_string(const struct made *made, const char *text)
{
    igtl::StringMessage::Pointer message = igtl::StringMessage::New();
    message->SetString(text);
    return pack(made, message);
}

size_t made_image(const struct made *made, int width, int height, const uint8_t *pixels)
{
    igtl::ImageMessage::Pointer message = igtl::ImageMessage::New();
    float right[3] = {1, 0, 0}, down[3] = {0, -1, 0}, away[3] = {0, 0, 1};
    message->SetDimensions(width, height, 1);
    message->SetSpacing(1, 1, 1);
    message->SetNumComponents(3);
    message->SetScalarTypeToUint8();
    message->SetEndian(igtl::ImageMessage::ENDIAN_BIG);
    message->SetCoordinateSystem(igtl::ImageMessage::COORDINATE_RAS);
    message->SetOrigin(0, 0, 0);
    message->SetNormals(right, down, away);
    message->AllocateScalars();
    std::memcpy(message->GetScalarPointer(), pixels, static_cast<size_t>(width) * height * 3);
    return pack(made, message);
}
